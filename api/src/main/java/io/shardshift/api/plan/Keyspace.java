package io.shardshift.api.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The lasting object that an operator registers once: what is sharded, how, and where it lived when registered.
 *
 * @param tables by name; empty under {@code allTables}
 * @param allTables an unsharded database that moves whole ({@code tables: all})
 * @param shards where the slots lived when the keyspace was registered
 * @param slotMap the slot map of that time; today's is in the route table
 * @param autoIncrementIncrement {@code auto_increment_increment} that agents set, null when it is not managed
 * @param unique keys without the shard key that are unique across shards by nature, as {@code table.KEY}
 */
public record Keyspace(
        @JsonProperty("keyspace") KeyspaceName name,
        ShardFunction shardFunction,
        SortedMap<String, TableSpec> tables,
        boolean allTables,
        SortedMap<ShardName, ShardSpec> shards,
        SlotMap slotMap,
        @Nullable Integer autoIncrementIncrement,
        List<String> unique,
        ShardKeyForm shardKeyForm) {
    public Keyspace {
        tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
        shards = Collections.unmodifiableSortedMap(new TreeMap<>(shards));
        unique = List.copyOf(unique);
    }

    /** Whether {@code other} is this keyspace with tables added, and nothing else: their unique keys may come with them. */
    public boolean isExtendedBy(Keyspace other) {
        Keyspace withTheirs = new Keyspace(
                name,
                shardFunction,
                other.tables,
                allTables,
                shards,
                slotMap,
                autoIncrementIncrement,
                other.unique,
                shardKeyForm);
        return other.equals(withTheirs)
                && other.tables.size() > tables.size()
                && other.tables.entrySet().containsAll(tables.entrySet())
                && other.unique.containsAll(unique);
    }
}
