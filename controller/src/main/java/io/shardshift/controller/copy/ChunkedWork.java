package io.shardshift.controller.copy;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.pacing.Backoff;
import io.shardshift.controller.pacing.Cancellation;
import io.shardshift.shard.FenceMismatch;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Walks tables in chunks with any number of workers: paced, throttled, resumable. What a handler cannot do now is done
 * again after a pause, a refused lock with a smaller chunk; what needs a person ends the whole work with a Problem.
 * {@link #runWorker} is for one thread each; all else is thread-safe.
 */
public final class ChunkedWork {
    /** What differs between copy and verification. */
    record Kind(String name, TableTask.End end, Duration chunkTarget, int maxChunkRows, ProgressStore store) {}

    /** Longest time for which a worker meets only errors before the work stops and says so. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** For making bounds: an index scan of one chunk. */
    private static final Duration BOUNDS = Duration.ofSeconds(10);

    /** Plain reads stop nobody; longer chunks cost fewer round trips, shorter ones are lost less often. */
    private static final Duration PLAIN_READS = Duration.ofMillis(200);

    private static final int MAX_PLAIN_ROWS = 20_000;

    private static final Duration NOTHING_TO_DO = Duration.ofMillis(10);
    private static final Duration THROTTLED = Duration.ofMillis(100);

    private final WorkContext context;
    private final Timing timing;
    private final Kind kind;
    private final ChunkHandler handler;
    private final List<List<TableTask>> tasksByTable = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicReference<@Nullable Problem> failure = new AtomicReference<>();
    private final RateMeter meter;
    private boolean begun;

    ChunkedWork(
            WorkContext context, Kind kind, List<MirroredPair> pairs, List<ShardedTable> tables, ChunkHandler handler) {
        this.context = context;
        this.timing = context.timing();
        this.kind = kind;
        this.handler = handler;
        this.meter = new RateMeter(timing);
        for (ShardedTable table : tables) {
            tasksByTable.add(pairs.stream()
                    .map(pair -> new TableTask(pair, table, kind.end(), kind.chunkTarget()))
                    .toList());
        }
    }

    /** Work whose chunks take no locks; its last chunk has no upper bound. {@code name} as a sentence begins with it. */
    public static ChunkedWork ofPlainReads(
            String name,
            WorkContext context,
            List<MirroredPair> pairs,
            List<ShardedTable> tables,
            ProgressStore store,
            ChunkHandler handler) {
        Kind kind = new Kind(name, TableTask.End.OPEN, PLAIN_READS, MAX_PLAIN_ROWS, store);
        return new ChunkedWork(context, kind, pairs, tables, handler);
    }

    /**
     * Works until all is done or {@code cancellation} asks to end; between chunks, so soon.
     *
     * @throws ProblemException what stopped this or another worker; nothing of the chunk in hand is recorded as done
     */
    public void runWorker(Cancellation cancellation) throws ProblemException, InterruptedException {
        try {
            begin();
            Backoff backoff = new Backoff(timing, context.random(), Duration.ofMillis(4), Duration.ofMillis(500));
            long lastGoodNanos = timing.nanoTime();
            boolean warm = false;
            while (!cancellation.isCancelled()) {
                Problem found = failure.get();
                if (found != null) {
                    throw new ProblemException(found);
                }
                if (isDone()) {
                    return;
                }
                if (!context.throttle().isOpen()) {
                    timing.pause(THROTTLED);
                    lastGoodNanos = timing.nanoTime();
                    continue;
                }
                try {
                    if (doOneChunk(backoff, warm)) {
                        warm = true;
                    } else {
                        timing.pause(NOTHING_TO_DO); // others have the last chunks, or an early one is awaited
                    }
                    lastGoodNanos = timing.nanoTime();
                } catch (ShardException e) {
                    requireTransient(e, timing.nanoTime() - lastGoodNanos);
                    backoff.pause();
                }
            }
        } catch (ProblemException e) {
            failure.compareAndSet(null, e.problem());
            throw e;
        }
    }

    private synchronized void begin() throws ProblemException {
        if (begun) {
            return;
        }
        List<TableTask> fresh = new ArrayList<>();
        for (List<TableTask> tasks : tasksByTable) {
            for (TableTask task : tasks) {
                MirroredPair pair = task.pair();
                Map<Integer, Long> attempts = TableTask.current(pair, context.attempts());
                String table = task.table().name();
                Optional<TableProgress> stored = kind.store().read(pair.source(), pair.target(), table);
                if (task.begin(attempts, stored)) {
                    stored.ifPresent(meter::goesOnAfter);
                } else {
                    fresh.add(task);
                }
                context.estimates()
                        .of(pair.source(), table)
                        .ifPresent(estimate -> task.estimated(estimate, kind.maxChunkRows()));
            }
        }
        for (TableTask task : fresh) { // whoever only reads what is stored finds every table, and so the whole
            kind.store().write(task.progress(meter.workedMillis()));
        }
        begun = true;
    }

    /** False when there is no chunk to take just now. ShardException: that chunk, if any, is given back. */
    private boolean doOneChunk(Backoff backoff, boolean warm)
            throws ShardException, ProblemException, InterruptedException {
        for (List<TableTask> tasks : tasksByTable) {
            int first = Math.floorMod(turn.getAndIncrement(), Math.max(1, tasks.size()));
            for (int i = 0; i < tasks.size(); i++) {
                TableTask task = tasks.get((first + i) % tasks.size());
                Map<Integer, Long> attempts = TableTask.current(task.pair(), context.attempts()); // [34]
                if (task.isDone(attempts)) {
                    continue;
                }
                Optional<Chunk> chunk = take(task, attempts);
                if (chunk.isPresent()) {
                    doChunk(task, chunk.get(), backoff, warm);
                    return true;
                }
                store(task);
            }
        }
        return false;
    }

    private Optional<Chunk> take(TableTask task, Map<Integer, Long> attempts) throws ShardException {
        try (ShardSession bounds =
                context.sessions().open(task.pair().source(), Purpose.PLAIN, timing.deadlineIn(BOUNDS))) {
            return task.take(attempts, bounds);
        }
    }

    /** @param warm whether the worker has its connections: a first chunk's time says how long those took */
    private void doChunk(TableTask task, Chunk chunk, Backoff backoff, boolean warm)
            throws ShardException, ProblemException, InterruptedException {
        long began = timing.nanoTime();
        boolean done = false;
        try {
            ChunkResult result = handler.handle(task.pair(), task.table(), chunk);
            done = true;
            if (warm) {
                task.took(chunk, timing.nanoTime() - began);
            }
            task.finished(chunk, result);
            meter.add(result.rows());
            store(task);
            backoff.reset();
            Duration wait = context.rate().book(result.rows());
            if (!wait.isZero()) {
                timing.pause(wait);
            }
        } catch (ShardException e) {
            if (e.kind() == ShardException.Kind.LOCK_REFUSED && chunk.canBeSplit()) {
                split(task, chunk); // take less and come back
                done = true;
            }
            throw e;
        } catch (FenceMismatch e) {
            throw fenceChanged(task, chunk, e);
        } catch (RowsCollide e) {
            throw new ProblemException(
                    new CollisionReport(context, task.pair(), task.table()).problem(e, kind.name()), e);
        } finally {
            if (!done) {
                task.giveBack(chunk);
            }
        }
    }

    private void split(TableTask task, Chunk chunk) throws ShardException {
        boolean done = false;
        try (ShardSession bounds =
                context.sessions().open(task.pair().source(), Purpose.PLAIN, timing.deadlineIn(BOUNDS))) {
            task.giveBackSplit(chunk, bounds);
            done = true;
        } finally {
            if (!done) {
                task.giveBack(chunk);
            }
        }
    }

    private void store(TableTask task) throws ProblemException {
        // What another worker took before the table's end must not be written after it; before the end one that stores
        // is enough.
        if (task.isAtItsEnd()) {
            task.storing().lock();
        } else if (!task.storing().tryLock()) {
            return;
        }
        try {
            Optional<TableProgress> progress = task.progressToStore(timing.nanoTime(), meter.workedMillis());
            if (progress.isPresent()) {
                kind.store().write(progress.get());
            }
        } finally {
            task.storing().unlock();
        }
    }

    private ProblemException fenceChanged(TableTask task, Chunk chunk, FenceMismatch e) {
        return new ProblemException(
                Problem.of(
                                ErrorCode.FENCE_CHANGED_BY_ANOTHER,
                                "{} of {} from {} stopped at {}. Nothing of that chunk has changed.",
                                kind.name(),
                                task.table(),
                                task.pair(),
                                chunk)
                        .because("{}", String.valueOf(e.getMessage()))
                        .remedy("none needed: it goes on once the group's fences are in phase 3 again"),
                e);
    }

    private void requireTransient(ShardException e, long failingNanos) throws ProblemException {
        switch (e.kind()) {
            case LOCK_REFUSED -> {
                // an application may hold its lock for as long as it likes
            }
            case TRANSACTION_LOST, CONNECTION_LOST, OUTCOME_UNKNOWN, READ_ONLY -> {
                if (failingNanos > PATIENCE.toNanos()) {
                    throw stopped(ErrorCode.SHARD_UNREACHABLE, e)
                            .after("no chunk has got through for " + PATIENCE.toSeconds() + " s");
                }
            }
            case DUPLICATE_KEY, REFUSED ->
                throw stopped(ErrorCode.CHECK_FAILED, e)
                        .after("the server refuses a statement that is the same each time");
        }
    }

    private record Stopped(Problem problem, ShardException cause) {
        ProblemException after(String why) {
            return new ProblemException(
                    problem.because("{}: {}", why, String.valueOf(cause.getMessage()))
                            .remedy("mend {} and resume; what is recorded is not done again", cause.shard()),
                    cause);
        }
    }

    private Stopped stopped(ErrorCode code, ShardException e) {
        return new Stopped(Problem.of(code, "{} stopped. Nothing of the chunk in hand has changed.", kind.name()), e);
    }

    /** Whether every table is done for the attempts of this moment. */
    public boolean isDone() {
        for (List<TableTask> tasks : tasksByTable) {
            for (TableTask task : tasks) {
                if (!task.isDone(TableTask.current(task.pair(), context.attempts()))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** What stopped the work. */
    public Optional<Problem> failure() {
        return Optional.ofNullable(failure.get());
    }

    public WorkProgress progress() {
        long workedMillis = meter.workedMillis();
        List<TableProgress> all = tasksByTable.stream()
                .flatMap(List::stream)
                .map(task -> task.progress(workedMillis))
                .toList();
        return WorkProgress.of(all, isDone(), meter.rowsPerSecond());
    }
}
