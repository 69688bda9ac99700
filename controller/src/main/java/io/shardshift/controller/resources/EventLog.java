package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The newest events of one migration, in memory, for server-sent events. Thread-safe. */
public final class EventLog {
    /** An event; ids grow by one. */
    public record Entry(long id, String type, JsonNode data) {}

    private static final int KEPT = 500;

    private final Deque<Entry> entries = new ArrayDeque<>();
    private long lastId;
    private boolean closed;

    public synchronized void append(String type, JsonNode data) {
        entries.addLast(new Entry(++lastId, type, data));
        if (entries.size() > KEPT) {
            entries.removeFirst();
        }
        notifyAll();
    }

    /** The first event after {@code afterId} that is still kept; empty when none came within {@code timeout}. */
    public synchronized Optional<Entry> next(long afterId, Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            for (Entry entry : entries) {
                if (entry.id() > afterId) {
                    return Optional.of(entry);
                }
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (closed || left <= 0) {
                return Optional.empty();
            }
            wait(left);
        }
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /** Ends all waits. */
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
