package io.shardshift.lab.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Writes at a fixed rate, each due at a time that no earlier write changes: what waits behind a slow one counts its waiting,
 * so that a stop of all writers is not seen as one slow write. Threads of its own, until {@link #close}.
 */
final class OpenLoop implements AutoCloseable {
    /** One write; throws when it was not acknowledged. */
    @FunctionalInterface
    interface Write {
        void run(long number) throws SQLException;
    }

    /** A write that was due at {@code dueNanos} and has ended {@code nanos} later. */
    private record Sample(
            long dueNanos, long nanos, @Nullable String error) {}

    /** All writes that were due or under way in a span of time. */
    record Span(Histogram micros, List<String> errors) {
        double medianMillis() {
            return micros.getValueAtPercentile(50) / 1e3;
        }

        double highMillis() {
            return micros.getValueAtPercentile(99) / 1e3;
        }

        double longestMillis() {
            return micros.getMaxValue() / 1e3;
        }
    }

    private static final int SIGNIFICANT_DIGITS = 3;
    private static final long END_SECONDS = 60;
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final long begunNanos = System.nanoTime();
    private final double nanosBetween;
    private final Write write;
    private final AtomicLong next = new AtomicLong();
    private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    /** @param threads more than can wait at once, or the loop is not open */
    OpenLoop(int perSecond, int threads, Write write) {
        this.nanosBetween = 1e9 / perSecond;
        this.write = write;
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(this::loop, "open-loop-" + i);
            this.threads.add(thread);
            thread.setDaemon(true);
        }
        this.threads.forEach(Thread::start);
    }

    private void loop() {
        while (!stopped) {
            long number = next.getAndIncrement();
            long due = due(number);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            String error = null;
            try {
                write.run(number);
            } catch (SQLException e) {
                error = e.getSQLState() + " " + e.getMessage();
            }
            samples.add(new Sample(due, System.nanoTime() - due, error));
        }
    }

    /** Waits until for {@code span} no write has begun later than {@link #LATE_NANOS} after it was due. */
    void awaitCaughtUp(Duration span, Duration atMost) throws IOException, InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        long since = System.nanoTime();
        while (System.nanoTime() - since < span.toNanos()) {
            long now = System.nanoTime();
            if (now - due(next.get()) > LATE_NANOS) {
                since = now;
            }
            if (now - end > 0) {
                throw new IOException("this machine does not carry the rate: after " + atMost.toSeconds()
                        + " s writes still begin " + (now - due(next.get())) / 1_000_000 + " ms late");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private long due(long number) {
        return begunNanos + (long) (number * nanosBetween);
    }

    /** Every write that was due or under way between the two times of {@link System#nanoTime}, that has ended by now. */
    Span between(long fromNanos, long toNanos) {
        Histogram micros = new Histogram(SIGNIFICANT_DIGITS);
        List<String> errors = new ArrayList<>();
        for (Sample sample : samples) {
            if (sample.dueNanos() - toNanos < 0 && sample.dueNanos() + sample.nanos() - fromNanos > 0) {
                micros.recordValue(Math.max(1, sample.nanos() / 1_000));
                if (sample.error() != null) {
                    errors.add(sample.error());
                }
            }
        }
        return new Span(micros, errors);
    }

    /** Ends the loop and waits for what is under way. */
    void stop() throws IOException, InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
            if (thread.isAlive()) {
                throw new IOException("a write did not end within " + END_SECONDS + " s");
            }
        }
    }

    @Override
    public void close() {
        stopped = true;
    }
}
