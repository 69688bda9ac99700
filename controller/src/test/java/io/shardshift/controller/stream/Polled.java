package io.shardshift.controller.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Polls a stream until an event is met. */
public final class Polled {
    private static final Duration MOST = Duration.ofSeconds(60);

    private Polled() {}

    /** All events up to the first that fits, without {@link ChangeEvent.Idle}. */
    public static List<ChangeEvent> until(ChangeStream stream, Predicate<ChangeEvent> last) throws Exception {
        List<ChangeEvent> met = new ArrayList<>();
        long end = System.nanoTime() + MOST.toNanos();
        while (System.nanoTime() - end < 0) {
            for (ChangeEvent event : stream.poll(Duration.ofMillis(200))) {
                if (!(event instanceof ChangeEvent.Idle)) {
                    met.add(event);
                }
                if (last.test(event)) {
                    return met;
                }
            }
        }
        throw new AssertionError("not met within " + MOST + "; met " + met);
    }

    /** Up to the heartbeat with that value. */
    public static List<ChangeEvent> untilHeartbeat(ChangeStream stream, long value) throws Exception {
        return until(
                stream, event -> event instanceof ChangeEvent.HeartbeatSeen heartbeat && heartbeat.value() == value);
    }

    public static String heartbeat(long value) {
        return "INSERT INTO _shardshift_heartbeat VALUES ('test', " + value
                + ", NOW(6)) ON DUPLICATE KEY UPDATE value = VALUES(value), at = NOW(6)";
    }
}
