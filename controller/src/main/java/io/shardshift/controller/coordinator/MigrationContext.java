package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.fence.GroupFences;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.MigrationRecord;
import java.util.Set;
import java.util.TreeSet;

/** What the steps of one migration work with. */
record MigrationContext(
        MigrationRecord migration,
        LeaderStore store,
        GroupFences fences,
        RoutePublisher routes,
        RoutePublisher.Expulsion expulsion,
        Streams streams,
        ShardWork work,
        Timing timing) {
    Set<ShardName> shards() {
        Set<ShardName> shards = new TreeSet<>();
        for (Group group : migration.groups()) {
            shards.add(group.source());
            shards.add(group.target());
        }
        return shards;
    }
}
