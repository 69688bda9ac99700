package io.shardshift.controller.copy;

import io.shardshift.api.time.Timing;
import org.jspecify.annotations.Nullable;

/**
 * Rows a second over the last five to ten seconds, so that it follows the throttle and does not flicker; and how long the work
 * has taken, with what earlier objects of it took. Thread-safe.
 */
final class RateMeter {
    private static final long WINDOW_NANOS = 5_000_000_000L;

    /** Under this a rate is noise. */
    private static final long LEAST_NANOS = 500_000_000L;

    private final Timing timing;
    private long rows;
    private long windowRows;
    private long windowNanos;
    private long beforeRows;
    private long beforeNanos;
    private final long madeNanos;
    private long lastNanos;
    private long earlierMillis;

    RateMeter(Timing timing) {
        this.timing = timing;
        this.windowNanos = timing.nanoTime();
        this.beforeNanos = windowNanos;
        this.madeNanos = windowNanos;
        this.lastNanos = windowNanos;
    }

    synchronized void add(long more) {
        shift();
        rows += more;
        if (more > 0) {
            lastNanos = timing.nanoTime();
        }
    }

    /** The work goes on from what is stored: it had taken this long by then. */
    synchronized void goesOnAfter(TableProgress stored) {
        Long millis = stored.workedMillis();
        earlierMillis = Math.max(earlierMillis, millis == null ? 0 : millis);
    }

    /** Until the last row: waits for the throttle count, a pause and the time after the end do not. */
    synchronized long workedMillis() {
        return earlierMillis + (lastNanos - madeNanos) / 1_000_000;
    }

    private void shift() {
        long now = timing.nanoTime();
        if (now - windowNanos > WINDOW_NANOS) {
            beforeRows = windowRows;
            beforeNanos = windowNanos;
            windowRows = rows;
            windowNanos = now;
        }
    }

    /** Null while too little time has passed. */
    synchronized @Nullable Long rowsPerSecond() {
        shift();
        long nanos = timing.nanoTime() - beforeNanos;
        return nanos < LEAST_NANOS ? null : Long.valueOf(Math.round((rows - beforeRows) * 1e9 / nanos));
    }
}
