package io.shardshift.controller.pacing;

import io.shardshift.api.time.Timing;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Samples a throttle at its interval while work runs under it, on a thread of the wiring's; ends soon after close. */
public final class ThrottleSampler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThrottleSampler.class);

    private final Throttle throttle;
    private final Timing timing;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ThrottleSampler(Throttle throttle, Timing timing) {
        this.throttle = throttle;
        this.timing = timing;
    }

    /** Takes the first sample before it returns, so that no work begins on an old reading. */
    public static ThrottleSampler start(Throttle throttle, Executor thread, Timing timing) {
        ThrottleSampler sampler = new ThrottleSampler(throttle, timing);
        throttle.sample();
        throttle.samplingBegins();
        boolean runs = false;
        try {
            thread.execute(sampler::run);
            runs = true;
        } finally {
            if (!runs) {
                sampler.close();
            }
        }
        return sampler;
    }

    private void run() {
        try {
            while (!closed.get()) {
                timing.pause(throttle.interval());
                if (!closed.get()) {
                    throttle.sample();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the throttle is sampled no more, a bug: it closes", e);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            throttle.samplingEnds();
        }
    }
}
