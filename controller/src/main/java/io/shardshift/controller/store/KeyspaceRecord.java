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
 * @param purging the ended migration whose moved rows are being purged, null when none is: no migration begins meanwhile
 * @param migrations names of all migrations that are not forgotten, oldest first
 */
public record KeyspaceRecord(
        Keyspace keyspace,
        SortedMap<ShardName, ShardEndpoint> shards,
        @Nullable MigrationName running,
        @Nullable MigrationName purging,
        List<MigrationName> migrations) {
    public KeyspaceRecord {
        shards = Collections.unmodifiableSortedMap(new TreeMap<>(shards));
        migrations = List.copyOf(migrations);
    }

    public KeyspaceRecord withRunning(@Nullable MigrationName now) {
        return new KeyspaceRecord(keyspace, shards, now, purging, migrations);
    }

    public KeyspaceRecord withPurging(@Nullable MigrationName now) {
        return new KeyspaceRecord(keyspace, shards, running, now, migrations);
    }

    public KeyspaceRecord without(MigrationName forgotten) {
        return new KeyspaceRecord(
                keyspace,
                shards,
                running,
                purging,
                migrations.stream().filter(one -> !one.equals(forgotten)).toList());
    }

    /** The same keyspace with tables added. */
    public KeyspaceRecord withKeyspace(Keyspace now) {
        return new KeyspaceRecord(now, shards, running, purging, migrations);
    }
}
