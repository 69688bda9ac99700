package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of one migration, numbered upwards, in memory. A reader who asks for what this log no longer
 * has, or never had (it followed another controller's log), is given the newest status, then all that is kept: a status
 * is whole, so nothing older is needed, and of statuses only the newest few are kept. Thread-safe; any number of readers.
 */
public final class EventLog {
    /** Asks for the newest status and what follows: a reader who has seen nothing. */
    public static final long FROM_THE_NEWEST_STATUS = -1;

    public static final String STATUS = "status";
    public static final String AUDIT = "audit";

    /**
     * One event.
     *
     * @param type {@link #STATUS} or {@link #AUDIT}
     */
    public record Event(long id, String type, JsonNode data) {}

    /** A status may come each second and be large; whoever is behind is served by the next one as well. */
    private static final int EVENTS_FOR_EACH_STATUS = 10;

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Event> kept = new ArrayDeque<>();
    private @Nullable Event newestStatus;
    private long nextId;
    private boolean closed;
    private boolean read;

    /**
     * An empty log.
     *
     * @param capacity most events that are kept
     * @param firstId above each id of the migration's earlier logs, so that theirs are known as behind: the wall
     *     clock's milliseconds are, as long as a log gets less than one event each millisecond
     */
    public EventLog(int capacity, long firstId) {
        if (capacity < 1 || firstId < 0) {
            throw new IllegalArgumentException("capacity " + capacity + ", first id " + firstId);
        }
        this.capacity = capacity;
        this.nextId = firstId;
    }

    /** Adds an event, dropping the oldest one of a full log; returns its id. After {@link #close} nobody reads it. */
    public long append(String type, JsonNode data) {
        lock.lock();
        try {
            Event event = new Event(nextId++, type, data);
            if (type.equals(STATUS)) {
                forgetStatuses();
                newestStatus = event;
            }
            if (kept.size() == capacity) {
                kept.removeFirst();
            }
            kept.addLast(event);
            changed.signalAll();
            return event.id();
        } finally {
            lock.unlock();
        }
    }

    /** Adds {@code status} unless the newest one is the same. */
    public void appendIfNews(JsonNode status) {
        lock.lock();
        try {
            if (newestStatus == null || !newestStatus.data().equals(status)) {
                append(STATUS, status);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes room for one more status. */
    private void forgetStatuses() {
        int most = Math.max(1, capacity / EVENTS_FOR_EACH_STATUS);
        long statuses =
                kept.stream().filter(event -> event.type().equals(STATUS)).count();
        Iterator<Event> oldest = kept.iterator();
        while (statuses >= most) {
            if (oldest.next().type().equals(STATUS)) {
                oldest.remove();
                statuses--;
            }
        }
    }

    /** Whether anybody has asked for an event since the last call: a reader asks several times a second. */
    public boolean wasRead() {
        lock.lock();
        try {
            boolean before = read;
            read = false;
            return before;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The event to read after {@code afterId}, waiting for it until {@code timeout}; empty when there was none, and at
     * once when the log is closed and read to its end.
     */
    public Optional<Event> next(long afterId, Duration timeout) throws InterruptedException {
        long nanos = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            read = true;
            for (Event event = after(afterId); ; event = after(afterId)) {
                if (event != null || closed || nanos <= 0) {
                    return Optional.ofNullable(event);
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The migration has been forgotten: readers read what is kept, then end. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether {@link #close} was called and nothing is left after {@code afterId}. */
    public boolean isAtEnd(long afterId) {
        lock.lock();
        try {
            return closed && after(afterId) == null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Event after(long afterId) {
        Event oldest = kept.peekFirst();
        if (oldest == null || afterId == nextId - 1) {
            return null;
        }
        boolean isFollowed = afterId >= oldest.id() - 1 && afterId < nextId;
        if (!isFollowed) {
            Event status = newestStatus;
            boolean hasReadStatus = status != null && status.id() == afterId;
            return status == null || hasReadStatus ? oldest : status;
        }
        for (Event event : kept) {
            if (event.id() > afterId) {
                return event;
            }
        }
        return null;
    }
}
