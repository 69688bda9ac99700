package io.shardshift.controller.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Between Debezium's thread, which waits while the queue is full, and the worker's. One event larger than the bound is taken
 * when the queue is empty. Thread-safe.
 */
final class EventQueue {
    private final int maxItems;
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<ChangeEvent> events = new ArrayDeque<>();
    private long bytes;
    private boolean ended;

    EventQueue(int maxItems, long maxBytes) {
        this.maxItems = maxItems;
        this.maxBytes = maxBytes;
    }

    /** Adds the event when there is room; throws InterruptedException also when the queue has ended. */
    void put(ChangeEvent event) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!ended && !events.isEmpty() && (events.size() >= maxItems || bytes >= maxBytes)) {
                changed.await();
            }
            if (ended) {
                throw new InterruptedException("the stream was closed");
            }
            events.addLast(event);
            bytes += event.sizeBytes();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** At most {@code most} events, as soon as there is one; empty after {@code atMost}, or at once when the queue has ended. */
    List<ChangeEvent> poll(Duration atMost, int most) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = atMost.toNanos();
            while (events.isEmpty() && !ended && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            List<ChangeEvent> polled = new ArrayList<>(Math.min(most, events.size()));
            while (polled.size() < most && !events.isEmpty()) {
                ChangeEvent event = events.removeFirst();
                bytes -= event.sizeBytes();
                polled.add(event);
            }
            changed.signalAll();
            return polled;
        } finally {
            lock.unlock();
        }
    }

    /** No event comes any more; those that are there can still be polled. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the queue has ended; false after {@code millis}. */
    boolean awaitEnd(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!ended && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return ended;
        } finally {
            lock.unlock();
        }
    }
}
