package io.shardshift.controller.audit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The newest commands; each goes to the process's log and to one listener too. Thread-safe. */
public final class AuditLog {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private final int capacity;
    private final Consumer<AuditRecord> listener;
    private final Deque<AuditRecord> kept = new ArrayDeque<>();

    /**
     * An empty log.
     *
     * @param capacity most records that are kept
     * @param listener is given each record on the thread that adds it
     */
    public AuditLog(int capacity, Consumer<AuditRecord> listener) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity " + capacity);
        }
        this.capacity = capacity;
        this.listener = listener;
    }

    public void add(AuditRecord record) {
        LOG.info(
                "Audit: {} from {}: {} {}: {}",
                record.role(),
                record.remote(),
                record.action(),
                record.subject(),
                record.result());
        synchronized (kept) {
            if (kept.size() == capacity) {
                kept.removeFirst();
            }
            kept.addLast(record);
        }
        listener.accept(record);
    }

    /** Oldest first. */
    public List<AuditRecord> records() {
        synchronized (kept) {
            return List.copyOf(kept);
        }
    }
}
