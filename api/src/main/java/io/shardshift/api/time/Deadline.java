package io.shardshift.api.time;

import java.time.Duration;

/** The moment at which a wait ends. Immutable; valid only with the {@link Timing} that made it. */
public final class Deadline {
    private final Timing timing;
    private final long atNanos;

    private Deadline(Timing timing, long atNanos) {
        this.timing = timing;
        this.atNanos = atNanos;
    }

    static Deadline in(Timing timing, Duration duration) {
        return new Deadline(timing, timing.nanoTime() + duration.toNanos());
    }

    public boolean hasPassed() {
        return timing.nanoTime() - atNanos >= 0;
    }

    /** Time left, never negative. */
    public Duration left() {
        return Duration.ofNanos(Math.max(0, atNanos - timing.nanoTime()));
    }

    /** Milliseconds left, at least 1, for JDBC and socket time-outs in which 0 means for ever. */
    public int leftMillisAtLeastOne() {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, left().toMillis()));
    }

    /** The earlier of this and {@code limit} from now. */
    public Deadline atMost(Duration limit) {
        Deadline other = in(timing, limit);
        return atNanos - other.atNanos <= 0 ? this : other;
    }

    /** Waits for {@code duration} or until this deadline, whichever is first. */
    public void pause(Duration duration) throws InterruptedException {
        Duration left = left();
        timing.pause(duration.compareTo(left) < 0 ? duration : left);
    }
}
