package io.shardshift.controller.verify;

import io.shardshift.api.routing.ShardName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A value that differed on source and target, seen under locks on both: never a transaction in flight.
 *
 * @param key primary key as text
 * @param column the column that differs; null where the whole row is on one shard only
 * @param sourceValue bounded text, binary in hex; of the whole row where {@code column} is null; null: no such row
 * @param targetValue likewise
 */
public record Difference(
        ShardName source,
        ShardName target,
        String table,
        String key,
        @Nullable String column,
        @Nullable String sourceValue,
        @Nullable String targetValue,
        Outcome outcome,
        Instant found) {
    /** What became of it. */
    public enum Outcome {
        /** The target's row is equal to the source's now. */
        REPAIRED,
        /** It is still there: repair is off, or could not be done; the log and the migration's problem say why. */
        REMAINS
    }
}
