package io.shardshift.controller.pacing;

import io.shardshift.api.time.Timing;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses that double from {@code first} to {@code most}, each drawn between half of that and all of it, so that those who
 * were refused together do not come back together. Not thread-safe: one per worker.
 */
public final class Backoff {
    private final Timing timing;
    private final RandomGenerator random;
    private final Duration first;
    private final Duration most;
    private Duration next;

    public Backoff(Timing timing, RandomGenerator random, Duration first, Duration most) {
        this.timing = timing;
        this.random = random;
        this.first = first;
        this.most = most;
        this.next = first;
    }

    public void pause() throws InterruptedException {
        long nanos = next.toNanos();
        timing.pause(Duration.ofNanos(nanos / 2 + (long) (random.nextDouble() * nanos / 2)));
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(most) < 0 ? doubled : most;
    }

    /** After a success: the next pause is the first again. */
    public void reset() {
        next = first;
    }
}
