package io.shardshift.controller.store;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A registered keyspace.
 *
 * @param keyspace as registered
 * @param shards every shard ever named, with its auto-increment offset, which is never given to another
 * @param running the migration under way, null when there is none [31]
 * @param migrations names of all migrations, oldest first
 */
public record KeyspaceRecord(
        Keyspace keyspace,
        SortedMap<ShardName, ShardEndpoint> shards,
        @Nullable MigrationName running,
        List<MigrationName> migrations) {
    public KeyspaceRecord {
        shards = Collections.unmodifiableSortedMap(new TreeMap<>(shards));
        migrations = List.copyOf(migrations);
    }

    public KeyspaceRecord withRunning(@Nullable MigrationName now) {
        return new KeyspaceRecord(keyspace, shards, now, migrations);
    }
}
