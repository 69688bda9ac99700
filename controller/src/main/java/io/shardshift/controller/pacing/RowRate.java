package io.shardshift.controller.pacing;

import io.shardshift.api.time.Timing;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A limit of rows a second, shared by all workers. A chunk of n rows books n / limit seconds from when the last booking
 * ends; its worker waits until the booking begins. Idle time is not saved up. Thread-safe.
 */
public final class RowRate {
    private final Timing timing;
    private final @Nullable Long maxRowsPerSecond;
    private long bookedUntilNanos;

    /** {@code maxRowsPerSecond} null: no limit. */
    public RowRate(Timing timing, @Nullable Long maxRowsPerSecond) {
        if (maxRowsPerSecond != null && maxRowsPerSecond < 1) {
            throw new IllegalArgumentException("a rate is at least 1 row/s, found " + maxRowsPerSecond);
        }
        this.timing = timing;
        this.maxRowsPerSecond = maxRowsPerSecond;
        this.bookedUntilNanos = timing.nanoTime();
    }

    /** Books {@code rows} that were just done and answers how long their worker waits before it takes more. */
    public synchronized Duration book(long rows) {
        if (maxRowsPerSecond == null) {
            return Duration.ZERO;
        }
        long now = timing.nanoTime();
        long begin = bookedUntilNanos - now > 0 ? bookedUntilNanos : now;
        bookedUntilNanos = begin + (long) (rows * 1e9 / maxRowsPerSecond);
        return Duration.ofNanos(bookedUntilNanos - now);
    }
}
