package io.shardshift.api.time;

import java.time.Duration;
import java.time.Instant;

/** The clock, as a port: protocol code reads no other and waits nowhere else, so that a simulation can own time. Thread-safe. */
public interface Timing {
    /** Wall-clock time, for people and records; it may step back. */
    Instant now();

    /** Monotonic time in nanoseconds from an arbitrary origin, for deadlines. */
    long nanoTime();

    /** Waits for {@code duration}, or less if interrupted. */
    void pause(Duration duration) throws InterruptedException;

    default Deadline deadlineIn(Duration duration) {
        return Deadline.in(this, duration);
    }
}
