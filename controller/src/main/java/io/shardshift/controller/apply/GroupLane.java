package io.shardshift.controller.apply;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.controller.stream.ChangeEvent.Image;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done for one group, in the order of the binlog. Changes are kept by key, the latest wins, but never across a
 * change of the group's fence [2]: each fence event closes a segment. A lane that waits does not hold others up [12].
 */
final class GroupLane {
    static final long NOTHING = Long.MAX_VALUE;

    /** A key of a table: the unit of the work is (key, slot), and the slots of a lane are those of its group. */
    record TableKey(ShardedTable table, PrimaryKey key) {}

    /**
     * A key that has changed.
     *
     * @param after the newest image, null after a deletion here
     * @param sequence of the first event for this key that is not done
     * @param since commit time of that event
     * @param named no event at all: a row of this key was found
     */
    record Change(@Nullable Image after, long sequence, Instant since, int sizeBytes, boolean named) {}

    /** Changes made while the fence stood as {@code fence}; ended by the next fence event. */
    private static final class Segment {
        private final Fence fence;
        private final Map<TableKey, Change> changes = new LinkedHashMap<>();
        private @Nullable Fence end;
        private long endSequence;

        Segment(Fence fence) {
            this.fence = fence;
        }
    }

    private final Group group;
    private final Deque<Segment> segments = new ArrayDeque<>();
    private @Nullable Fence fence;
    private int items;
    private long bytes;
    private int batchKeys;
    private Duration wait = Duration.ZERO;
    private long notBeforeNanos;
    private long waitingSinceNanos;
    private long triedAtNanos;
    private boolean lastTryWaited;
    private @Nullable String waitingFor;
    private long collidedAt = NOTHING;

    GroupLane(Group group, @Nullable Fence fence, int batchKeys) {
        this.group = group;
        this.fence = fence;
        this.batchKeys = batchKeys;
    }

    Group group() {
        return group;
    }

    /** The fence of this shard as of the newest event that was taken; null before the first. */
    @Nullable
    Fence fence() {
        return fence;
    }

    /** A key has changed under the present fence. The newest image replaces an older one of the same segment. */
    void add(TableKey key, @Nullable Image after, long sequence, Instant committedAt) {
        Segment last = openSegment();
        Change older = last.changes.get(key);
        int size = 128 + (after == null ? 0 : after.row().sizeBytes());
        last.changes.put(
                key,
                older == null
                        ? new Change(after, sequence, committedAt, size, false)
                        : new Change(after, older.sequence(), older.since(), size, false));
        items += older == null ? 1 : 0;
        bytes += size - (older == null ? 0 : older.sizeBytes());
    }

    /** A row of the key was found under the present fence; a change of it that is not done yet does as well. */
    void name(TableKey key, long sequence, Instant foundAt) {
        Change named = new Change(null, sequence, foundAt, 128, true);
        if (openSegment().changes.putIfAbsent(key, named) == null) {
            items++;
            bytes += named.sizeBytes();
        }
    }

    private Segment openSegment() {
        Fence present = fence;
        if (present == null) {
            throw new IllegalStateException("a change of group " + group.id() + " before its fence");
        }
        Segment last = segments.peekLast();
        if (last == null || last.end != null) {
            last = new Segment(present);
            segments.addLast(last);
        }
        return last;
    }

    /** The fence has changed: what comes from now on is another segment's [2]. */
    void fenceChanged(Fence newer, long sequence) {
        Segment last = segments.peekLast();
        if (last == null || last.end != null) {
            last = new Segment(newer);
            segments.addLast(last);
        }
        last.end = newer;
        last.endSequence = sequence;
        fence = newer;
    }

    /** The next fence event before which all is done; it is taken away. Null when there is none. */
    @Nullable
    Fence takePassed() {
        Segment first = segments.peekFirst();
        if (first == null || first.end == null || !first.changes.isEmpty()) {
            return null;
        }
        segments.removeFirst();
        return first.end;
    }

    boolean hasWork() {
        Segment first = segments.peekFirst();
        return first != null && !first.changes.isEmpty();
    }

    /** Sequence number of the oldest event that is not done, {@link #NOTHING} when all are. */
    long oldestSequence() {
        Segment first = segments.peekFirst();
        if (first == null) {
            return NOTHING;
        }
        Iterator<Change> changes = first.changes.values().iterator();
        return changes.hasNext() ? changes.next().sequence() : first.endSequence;
    }

    /** Commit time of the oldest change that is not done, null when there is none. */
    @Nullable
    Instant oldestSince() {
        for (Segment segment : segments) {
            Iterator<Change> changes = segment.changes.values().iterator();
            if (changes.hasNext()) {
                return changes.next().since();
            }
        }
        return null;
    }

    /** The fence under which the next batch was changed. */
    Fence fenceOfBatch() {
        return segments.getFirst().fence;
    }

    /** The oldest changes of one table and one segment, named or not named, at most as many as the lane's pace allows; they stay until {@link #done}. */
    Map<TableKey, Change> nextBatch() {
        Map<TableKey, Change> batch = new LinkedHashMap<>();
        ShardedTable table = null;
        boolean named = false;
        for (Map.Entry<TableKey, Change> entry : segments.getFirst().changes.entrySet()) {
            if (table == null) {
                table = entry.getKey().table();
                named = entry.getValue().named();
            }
            if (batch.size() >= batchKeys) {
                break;
            }
            if (entry.getKey().table() == table && entry.getValue().named() == named) {
                batch.put(entry.getKey(), entry.getValue());
            }
        }
        return batch;
    }

    void done(Collection<TableKey> keys) {
        Segment first = segments.getFirst();
        for (TableKey key : keys) {
            Change change = first.changes.remove(key);
            if (change != null) {
                items--;
                bytes -= change.sizeBytes();
            }
        }
        if (first.changes.isEmpty() && first.end == null) {
            segments.removeFirst();
        }
        wait = Duration.ZERO;
        waitingFor = null;
        collidedAt = NOTHING;
    }

    /** A row was in the way: one key at a time from now on. Answers the sequence number at which the next key first was. */
    long collided(long sequence) {
        batchKeys = 1;
        collidedAt = Math.min(collidedAt, sequence);
        return collidedAt;
    }

    void takeMore(int mostKeys) {
        batchKeys = Math.min(mostKeys, batchKeys * 2);
    }

    void takeLess() {
        batchKeys = Math.max(1, batchKeys / 2);
    }

    /** Comes back after a while that doubles each time, from {@code first} to {@code most}. */
    void park(long nowNanos, Duration first, Duration most, String reason) {
        if (waitingFor == null) {
            waitingSinceNanos = nowNanos;
        }
        wait = wait.isZero() ? first : wait.multipliedBy(2);
        if (wait.compareTo(most) > 0) {
            wait = most;
        }
        notBeforeNanos = nowNanos + wait.toNanos();
        triedAtNanos = nowNanos;
        waitingFor = reason;
    }

    /** Whether the try that has just ended held its thread up: for a lock, or for a mirror that does not answer. */
    void waited(boolean waited) {
        lastTryWaited = waited;
    }

    boolean isReady(long nowNanos) {
        return hasWork() && (waitingFor == null || nowNanos - notBeforeNanos >= 0);
    }

    /** Why the lane waits, null while it does not. */
    @Nullable
    String waitingFor() {
        return waitingFor;
    }

    /** For how long it has been waiting. */
    Duration waiting(long nowNanos) {
        return waitingFor == null ? Duration.ZERO : Duration.ofNanos(nowNanos - waitingSinceNanos);
    }

    /** Whether the next try, too, may hold its thread up; a lane that does not wait for anything is not suspected. */
    boolean nextTryMayBlock() {
        return waitingFor != null && lastTryWaited;
    }

    /** Time since its last try, of one that waits. */
    Duration sinceTry(long nowNanos) {
        return Duration.ofNanos(nowNanos - triedAtNanos);
    }

    int items() {
        return items;
    }

    long bytes() {
        return bytes;
    }
}
