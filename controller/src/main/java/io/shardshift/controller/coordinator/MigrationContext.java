package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.fence.GroupFences;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.shard.JdbcShardSessions;
import java.util.Set;

/** What the steps of one migration work with. */
record MigrationContext(
        MigrationRecord migration,
        LeaderStore store,
        GroupFences fences,
        RoutePublisher routes,
        RoutePublisher.Expulsion expulsion,
        Streams streams,
        ShardWork work,
        FenceHolders holders,
        JdbcShardSessions sessions,
        Timing timing)
        implements AutoCloseable {
    /** Ends streams and sessions. */
    @Override
    public void close() {
        streams.close();
        fences.changer().close();
        sessions.close();
    }

    Set<ShardName> shards() {
        return migration.shards();
    }
}
