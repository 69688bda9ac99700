package io.shardshift.controller.copy;

import io.shardshift.api.routing.GroupId;
import io.shardshift.shard.KeyRange;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One table on one pair: hands out chunks in the order of the primary key and keeps how far all before is done. Bounds come
 * from one cheap index scan ahead, made under this object's lock. A chunk that is given back is handed out again.
 * Thread-safe.
 *
 * <p>When the attempt of a group has changed, the walk begins anew: what was done counts for the old attempt only [34].
 */
final class TableTask {
    /** How a walk ends. */
    enum End {
        /** Before the last key, then that key alone: range locks never reach the supremum [8]. */
        LAST_KEY_ALONE,
        /** With a range that has no upper bound: for plain reads. */
        OPEN
    }

    /** Chunks begun beyond one that does not get done: bounds what is kept here. */
    private static final int MOST_AHEAD = 256;

    private final MirroredPair pair;
    private final ShardedTable table;
    private final End end;
    private final ChunkSize size;

    private Map<Integer, Long> attempts = Map.of();
    private Optional<PrimaryKey> after = Optional.empty();
    private boolean allHandedOut;
    private final Deque<Chunk> again = new ArrayDeque<>();
    private final List<Chunk> begun = new LinkedList<>();
    /** Out of their turn: an earlier one is still under way. */
    private final Map<Chunk, ChunkResult> finished = new HashMap<>();

    private Optional<PrimaryKey> doneUpTo = Optional.empty();
    private boolean done;
    private long rows;
    private long differences;
    private long repaired;
    private @Nullable Long rowsTotal;
    private @Nullable Long storedAtNanos;

    private final Lock storing = new ReentrantLock();

    TableTask(MirroredPair pair, ShardedTable table, End end, Duration chunkTarget) {
        this.pair = pair;
        this.table = table;
        this.end = end;
        this.size = new ChunkSize(chunkTarget);
    }

    MirroredPair pair() {
        return pair;
    }

    /** Held from taking {@link #progressToStore} until it is stored, so that the newest is stored last. */
    Lock storing() {
        return storing;
    }

    ShardedTable table() {
        return table;
    }

    /** Attempts of the pair's groups, as they are now. */
    static Map<Integer, Long> current(MirroredPair pair, Attempts attempts) {
        return pair.groups().stream()
                .map(group -> group.id())
                .collect(Collectors.toUnmodifiableMap(GroupId::number, attempts::current));
    }

    /** Goes on where {@code stored} ended, if it counts for the attempts of today; whether it did. */
    synchronized boolean begin(Map<Integer, Long> now, Optional<TableProgress> stored) {
        restart(now);
        if (stored.isPresent() && stored.get().attempts().equals(now)) { // [34]
            TableProgress progress = stored.get();
            doneUpTo = progress.key();
            after = doneUpTo;
            done = progress.done();
            allHandedOut = done;
            rows = progress.rows();
            differences = progress.differences();
            repaired = progress.repaired();
            return true;
        }
        return false;
    }

    synchronized void estimated(TableEstimates.Estimate estimate, int maxChunkRows) {
        size.rowsAreAbout(estimate.bytesPerRow(), maxChunkRows);
        rowsTotal = pair.sourceSlots() == 0
                ? null
                : Math.min(estimate.rows(), estimate.rows() * pair.slots().size() / pair.sourceSlots());
    }

    private void restart(Map<Integer, Long> now) {
        attempts = now;
        after = Optional.empty();
        doneUpTo = Optional.empty();
        allHandedOut = false;
        done = false;
        again.clear();
        begun.clear();
        finished.clear();
        rows = 0;
        differences = 0;
        repaired = 0;
    }

    /**
     * The next chunk, empty when there is none just now: all are handed out, or too many wait for an early one.
     *
     * @param now attempts that were read before this call
     * @param source makes the bounds
     */
    synchronized Optional<Chunk> take(Map<Integer, Long> now, ShardSession source) throws ShardException {
        if (!now.equals(attempts)) {
            restart(now); // [34]
        }
        if (again.isEmpty() && !allHandedOut && begun.size() < MOST_AHEAD) {
            makeBounds(source);
        }
        return Optional.ofNullable(again.pollFirst());
    }

    private void makeBounds(ShardSession source) throws ShardException {
        int wanted = size.rows();
        Optional<PrimaryKey> bound = source.chunkEnd(table, after, wanted);
        if (bound.isPresent()) {
            add(Chunk.of(attempts, new KeyRange(after, bound, true), wanted));
            after = bound;
            return;
        }
        if (end == End.OPEN) {
            add(Chunk.of(attempts, new KeyRange(after, Optional.empty(), true), wanted));
        } else {
            Optional<PrimaryKey> last = source.lastKey(table);
            if (last.isPresent() && !last.equals(after)) {
                add(Chunk.of(attempts, new KeyRange(after, last, false), wanted)); // [8]
                add(Chunk.ofKey(attempts, last.get()));
            }
        }
        allHandedOut = true;
        done = begun.isEmpty();
    }

    private void add(Chunk chunk) {
        begun.add(chunk);
        again.addLast(chunk);
    }

    /** The chunk was cut off or refused: it is done again. */
    synchronized void giveBack(Chunk chunk) {
        if (isOfThisWalk(chunk)) {
            again.addFirst(chunk);
        }
    }

    /** Hands the chunk out again as two halves. Rows may have come and gone since: overlaps are harmless, gaps cannot be. */
    synchronized void giveBackSplit(Chunk chunk, ShardSession source) throws ShardException {
        if (!isOfThisWalk(chunk)) {
            return;
        }
        int half = chunk.rows() / 2;
        Optional<PrimaryKey> middle = source.chunkEnd(table, chunk.range().after(), half);
        if (middle.isEmpty() || middle.equals(chunk.end())) {
            again.addFirst(chunk);
            return;
        }
        KeyRange range = chunk.range();
        Chunk first = Chunk.of(attempts, new KeyRange(range.after(), middle, true), half);
        Chunk second = Chunk.of(attempts, new KeyRange(middle, range.end(), range.endIncluded()), chunk.rows() - half);
        int at = begun.indexOf(chunk);
        begun.set(at, second);
        begun.add(at, first);
        again.addFirst(second);
        again.addFirst(first);
    }

    /** How long a chunk took, for the size of the next. */
    synchronized void took(Chunk chunk, long nanos) {
        size.took(chunk.rows(), nanos);
    }

    synchronized void finished(Chunk chunk, ChunkResult result) {
        if (!isOfThisWalk(chunk)) {
            return; // done under an attempt that is over [34]
        }
        rows += result.rows();
        differences += result.differences();
        repaired += result.repaired();
        finished.put(chunk, result);
        while (!begun.isEmpty() && finished.remove(begun.get(0)) != null) {
            Chunk first = begun.remove(0);
            if (first.range().endIncluded() || first.only().isPresent()) {
                doneUpTo = first.end().or(() -> doneUpTo);
            }
        }
        done = allHandedOut && begun.isEmpty();
    }

    private boolean isOfThisWalk(Chunk chunk) {
        return begun.contains(chunk);
    }

    /** Whether the table is done, for the attempts of whenever that was. */
    synchronized boolean isAtItsEnd() {
        return done;
    }

    /** Whether the table is done for exactly these attempts. */
    synchronized boolean isDone(Map<Integer, Long> now) {
        return done && attempts.equals(now);
    }

    /** @param workedMillis of the whole work, see {@link TableProgress} */
    synchronized TableProgress progress(long workedMillis) {
        return progress(workedMillis, rows);
    }

    private TableProgress progress(long workedMillis, long counted) {
        Long total = done ? Long.valueOf(counted) : rowsTotal;
        return new TableProgress(
                TableProgress.VERSION,
                pair.source(),
                pair.target(),
                table.name(),
                attempts,
                TableProgress.hex(doneUpTo),
                counted,
                total == null ? null : Math.max(total, counted),
                done,
                differences,
                repaired,
                workedMillis);
    }

    /**
     * What is to be stored now: once a second, and when the table is done. Rows beyond {@code doneUpTo} are not counted, for they come
     * again after a crash; differences are, for once repaired they do not.
     */
    synchronized Optional<TableProgress> progressToStore(long nowNanos, long workedMillis) {
        Long before = storedAtNanos;
        if (!done && before != null && nowNanos - before < 1_000_000_000L) {
            return Optional.empty();
        }
        storedAtNanos = nowNanos;
        long again = finished.values().stream().mapToLong(ChunkResult::rows).sum();
        return Optional.of(progress(workedMillis, rows - again));
    }
}
