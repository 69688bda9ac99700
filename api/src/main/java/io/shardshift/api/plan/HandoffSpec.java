package io.shardshift.api.plan;

import java.time.Duration;

/** How long a hand-off may hold writers, and what becomes of a transaction that keeps it longer. */
public record HandoffSpec(Duration maxPause, Duration deadline, OnLongTransaction onLongTransaction) {
    /** What becomes of a transaction that keeps a hand-off past its deadline. */
    public enum OnLongTransaction {
        TAKE_BACK,
        KILL
    }

    public static final HandoffSpec DEFAULT =
            new HandoffSpec(Duration.ofMillis(250), Duration.ofSeconds(2), OnLongTransaction.TAKE_BACK);
}
