package io.shardshift.controller.pacing;

import io.shardshift.api.time.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether background work may go on: closed while any signal is above its limit, and when a signal has not been measured
 * {@value #MISSED_READINGS} times running, or its sampler stands: it fails closed. Asking changes nothing;
 * {@link #sample} does, and logs one line when the throttle closes and one when it opens. Thread-safe.
 */
public final class Throttle {
    /** One lost reading is a hiccup; more than three would let a stuck server go unseen for long. */
    static final int MISSED_READINGS = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Throttle.class);

    private final Timing timing;
    private final Duration interval;
    private final List<Signal> signals;
    private final int[] missed;
    private final @Nullable String[] reasons;
    private boolean open = true;

    private final AtomicInteger samplers = new AtomicInteger();
    private volatile long sampledAtNanos;
    private volatile Optional<String> reason = Optional.empty();

    /**
     * Open until the first sample says otherwise.
     *
     * @param interval how often {@link #sample} is called
     */
    public Throttle(Timing timing, Duration interval, List<Signal> signals) {
        this.timing = timing;
        this.interval = interval;
        this.signals = List.copyOf(signals);
        this.missed = new int[signals.size()];
        this.reasons = new String[signals.size()];
        this.sampledAtNanos = timing.nanoTime();
    }

    /** How often {@link #sample} is to be called. */
    public Duration interval() {
        return interval;
    }

    /** Reads every signal; called by one thread, every interval. */
    public synchronized void sample() {
        List<String> now = new ArrayList<>();
        for (int i = 0; i < signals.size(); i++) {
            Signal signal = signals.get(i);
            OptionalDouble observed = signal.read();
            if (observed.isPresent()) {
                missed[i] = 0;
                reasons[i] = observed.getAsDouble() > signal.limit() ? above(signal, observed.getAsDouble()) : null;
            } else if (++missed[i] >= MISSED_READINGS) {
                reasons[i] = signal.name() + " unknown > " + number(signal.limit()) + signal.unit() + ": " + missed[i]
                        + " readings missed";
            }
            String found = reasons[i];
            if (found != null) {
                now.add(found);
            }
        }
        reason = now.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", now));
        sampledAtNanos = timing.nanoTime();
        if (open != now.isEmpty()) {
            open = now.isEmpty();
            LOG.info("throttle {}", open ? "opens" : "closes: " + reason.orElse(""));
        }
    }

    /** From now on {@link #sample} is called each interval, until {@link #samplingEnds}; may be nested. */
    void samplingBegins() {
        samplers.incrementAndGet();
    }

    void samplingEnds() {
        samplers.decrementAndGet();
    }

    /** Whether somebody samples; while nobody does, nothing is known and nothing is held back. */
    public boolean isSampled() {
        return samplers.get() > 0;
    }

    /** Why work must wait: {@code <signal> <observed> <op> <limit>}; empty while the throttle is open. */
    public Optional<String> reason() {
        if (!isSampled()) {
            return Optional.empty();
        }
        long ageNanos = timing.nanoTime() - sampledAtNanos;
        if (!signals.isEmpty() && ageNanos > interval.toNanos() * MISSED_READINGS) {
            return Optional.of(
                    "last_reading " + ageNanos / 1_000_000 + "ms > " + interval.toMillis() * MISSED_READINGS + "ms");
        }
        return reason;
    }

    public boolean isOpen() {
        return reason().isEmpty();
    }

    private static String above(Signal signal, double observed) {
        return signal.name() + " " + number(observed) + signal.unit() + " > " + number(signal.limit()) + signal.unit();
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.1f", value);
    }
}
