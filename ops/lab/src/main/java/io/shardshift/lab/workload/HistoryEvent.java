package io.shardshift.lab.workload;

import org.jspecify.annotations.Nullable;

/**
 * One line of a worker's append-only history.
 *
 * @param at milliseconds since 1970 at the answer
 * @param micros how long the whole transaction took, waits included
 * @param kind what was done
 * @param outcome ACKNOWLEDGED, FAILED (nothing changed), UNKNOWN; for reads RIGHT or WRONG
 * @param user the shard key
 * @param item item number, or order id
 * @param quantity the item's new quantity, the order's amount in cents, or the increment; -1: deleted
 * @param error SQLState and message, null when there was none
 */
public record HistoryEvent(
        int worker,
        long sequence,
        long at,
        long micros,
        Kind kind,
        Outcome outcome,
        long user,
        long item,
        long quantity,
        @Nullable String error) {
    /** What was done. */
    public enum Kind {
        PUT_ITEM,
        DELETE_ITEM,
        ADD_ORDER,
        INCREMENT,
        POINT_READ,
        RANGE_READ;

        boolean isRead() {
            return this == POINT_READ || this == RANGE_READ;
        }
    }

    /** What came of it. */
    public enum Outcome {
        ACKNOWLEDGED,
        FAILED,
        UNKNOWN,
        RIGHT,
        WRONG
    }
}
