package io.shardshift.controller.apply;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.time.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects what {@link StreamHealth} shows. Thread-safe. */
final class StreamFigures {
    /** Over how long a rate is taken: long enough to be steady, short enough to show a stop. */
    private static final Duration RATE_WINDOW = Duration.ofSeconds(2);

    /** Debezium gives a sign of life each second; without any for so long the lag is unknown. */
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final Timing timing;
    private StreamHealth.State state = StreamHealth.State.STARTING;
    private Instant since;
    private @Nullable Problem problem;
    private long events;
    private long repaired;
    private long foreignWrites;
    private @Nullable Instant oldest;
    private @Nullable Duration lastLag;
    private @Nullable Long signNanos;
    private Map<GroupId, String> waiting = Map.of();
    private long windowNanos;
    private long windowEvents;
    private @Nullable Double rate;

    StreamFigures(Timing timing) {
        this.timing = timing;
        this.since = timing.now();
        this.windowNanos = timing.nanoTime();
    }

    synchronized void enter(StreamHealth.State next, @Nullable Problem why) {
        if (state != next) {
            state = next;
            since = timing.now();
        }
        problem = why;
    }

    synchronized void event() {
        events++;
    }

    synchronized void repaired(int rows) {
        repaired += rows;
    }

    synchronized void foreignWrite() {
        foreignWrites++;
    }

    synchronized void signOfLife() {
        signNanos = timing.nanoTime();
    }

    /** All that was taken is done, {@code lag} after the newest of it was committed. */
    synchronized void allDone(Duration lag) {
        lastLag = lag.isNegative() ? Duration.ZERO : lag; // two clocks
    }

    synchronized void pending(@Nullable Instant oldestUndone, Map<GroupId, String> nowWaiting) {
        oldest = oldestUndone;
        waiting = nowWaiting;
        long now = timing.nanoTime();
        long passed = now - windowNanos;
        if (passed >= RATE_WINDOW.toNanos()) {
            rate = (events - windowEvents) * 1e9 / passed;
            windowNanos = now;
            windowEvents = events;
        }
    }

    synchronized StreamHealth health() {
        return new StreamHealth(
                state,
                since,
                problem != null ? problem : waitingProblem(),
                lag(),
                state == StreamHealth.State.RUNNING ? rate : null,
                events,
                repaired,
                foreignWrites,
                List.copyOf(waiting.keySet()));
    }

    private @Nullable Duration lag() {
        if (oldest != null) {
            Duration age = Duration.between(oldest, timing.now());
            return age.isNegative() ? Duration.ZERO : age;
        }
        boolean fresh = signNanos != null && timing.nanoTime() - signNanos < FRESH.toNanos();
        return state == StreamHealth.State.RUNNING && fresh ? lastLag : null;
    }

    private @Nullable Problem waitingProblem() {
        if (waiting.isEmpty()) {
            return null;
        }
        Map.Entry<GroupId, String> first = waiting.entrySet().iterator().next();
        return Problem.of(
                        ErrorCode.STREAM_NOT_CAUGHT_UP,
                        "Changes of {} group(s) wait for their mirror, group {} among them; they are kept in order.",
                        waiting.size(),
                        first.getKey())
                .because("{}", first.getValue());
    }
}
