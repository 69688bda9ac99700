package io.shardshift.lab.model;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** The last events of each user, what was violated, and figures. Thread-safe. */
final class History {
    private static final int KEPT = 25;
    private static final int MOST_VIOLATIONS = 8;

    private final long begun = System.nanoTime();
    private final Map<Long, Deque<String>> events = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    final AtomicLong acknowledged = new AtomicLong();
    final AtomicLong retried = new AtomicLong();
    final AtomicLong unknown = new AtomicLong();
    final AtomicLong longestNanos = new AtomicLong();

    /** Told before connections are killed, as a test does that wants it. */
    volatile boolean connectionsAreKilled;

    synchronized void event(long user, String what) {
        Deque<String> last = events.computeIfAbsent(user, any -> new ArrayDeque<>());
        if (last.size() == KEPT) {
            last.removeFirst();
        }
        last.addLast((System.nanoTime() - begun) / 1_000_000 + " ms "
                + Thread.currentThread().getName() + ": " + what);
    }

    void failed(long user, String what, SQLException e) {
        event(user, what + " -> " + e.getSQLState() + " " + e.getErrorCode() + " " + e.getMessage());
    }

    synchronized void violation(long user, String what) {
        event(user, "VIOLATION " + what);
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(what + "\n  user " + user + ":\n    "
                    + String.join("\n    ", events.getOrDefault(user, new ArrayDeque<>())));
        }
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** Whether the error is one that may come: then it is counted. UNKNOWN is a read's here: what of a write is unknown is kept. */
    boolean mayCome(Failure failure) {
        boolean lost = failure == Failure.LOST || failure == Failure.UNKNOWN;
        if (failure == Failure.ROLLED_BACK || (lost && connectionsAreKilled)) {
            retried.incrementAndGet();
            return true;
        }
        return false;
    }

    void took(long nanos) {
        longestNanos.accumulateAndGet(nanos, Math::max);
    }
}
