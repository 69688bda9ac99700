package io.shardshift.api.plan;

import java.util.List;

/** A sharded table and its shard key columns, in the order in which the shard function takes them. */
public record TableSpec(String name, List<String> shardKey) {
    public TableSpec {
        shardKey = List.copyOf(shardKey);
    }
}
