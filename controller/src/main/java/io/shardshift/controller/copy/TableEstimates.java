package io.shardshift.controller.copy;

import io.shardshift.api.routing.ShardName;
import java.util.Optional;

/** The server's estimates of a table, for progress and for chunk sizes; nothing is concluded from them. Thread-safe. */
@FunctionalInterface
public interface TableEstimates {
    /** Rows of the whole table and their mean size. */
    record Estimate(long rows, long bytesPerRow) {}

    /** Empty when it is not known. */
    Optional<Estimate> of(ShardName shard, String table);
}
