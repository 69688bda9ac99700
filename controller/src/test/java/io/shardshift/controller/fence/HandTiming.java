package io.shardshift.controller.fence;

import io.shardshift.api.time.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that moves when the test, or a pause, moves it. */
public final class HandTiming implements Timing {
    /** Every pause that was asked for. */
    public final List<Duration> pauses = new CopyOnWriteArrayList<>();

    private volatile Instant now = Instant.EPOCH;

    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public long nanoTime() {
        return Duration.between(Instant.EPOCH, now).toNanos();
    }

    @Override
    public void pause(Duration duration) {
        pauses.add(duration);
        advance(duration);
    }
}
