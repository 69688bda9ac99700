package io.shardshift.controller.apply;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.apply.Checkpoints.Checkpoint;
import io.shardshift.controller.stream.ChangeEvent;
import io.shardshift.controller.stream.ChangeStream;
import io.shardshift.controller.stream.ChangeStreams;
import io.shardshift.controller.stream.StoredStream;
import io.shardshift.controller.stream.StreamException;
import io.shardshift.controller.stream.StreamStart;
import io.shardshift.controller.stream.StreamStore;
import io.shardshift.controller.stream.StreamStore.StoreFailed;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one shard's stream going: opens it, applies, saves, and opens it again when it broke. Source and target shards have
 * one each; forward and reverse are the same.
 *
 * <p>A stored position is one before which everything is committed on the mirrors, which is on disk where they run with
 * {@code sync_binlog=1} and {@code innodb_flush_log_at_trx_commit=1} [19]. {@link #run} is for one thread; all else is
 * thread-safe.
 */
public final class StreamWorker implements Runnable, StreamProgress {
    private static final Logger LOG = LoggerFactory.getLogger(StreamWorker.class);

    /** How long a poll waits when nothing is pending; bounds how late a stop is noticed. */
    private static final Duration IDLE_POLL = Duration.ofMillis(100);

    /** The same while a group waits for its mirror: as long as its first wait. */
    private static final Duration WAITING_POLL = Duration.ofMillis(5);

    private static final Duration SAVE_INTERVAL = Duration.ofSeconds(1);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration MOST_BACKOFF = Duration.ofSeconds(5);

    /** Between two looks of a waiter: a hand-off's drain is as late as this, and a look costs next to nothing. */
    private static final Duration LOOK = Duration.ofMillis(2);

    private final ShardName shard;
    private final List<Group> groups;
    private final Map<String, ShardedTable> tables = new LinkedHashMap<>();
    private final ChangeStreams streams;
    private final MirrorWriter writer;
    private final StreamStore store;
    private final Timing timing;
    private final Passed passed = new Passed();
    private final StreamFigures figures;
    private final Naming naming;
    private volatile boolean stopping;
    private volatile boolean ended;
    private @Nullable StoredStream saved;
    private long savedNanos;
    private Duration backoff = FIRST_BACKOFF;

    /** A worker of changes alone. */
    public StreamWorker(
            ShardName shard,
            List<Group> groups,
            List<ShardedTable> tables,
            ChangeStreams streams,
            ShardSessions sessions,
            StreamStore store,
            Timing timing) {
        this(shard, groups, tables, streams, sessions, store, timing, Naming.none());
    }

    /**
     * @param groups all groups of the migration; those of other shards do not matter
     * @param naming of this shard's rows
     * @param store must hold a position ({@link StreamStart#atNow}) before {@link #run}
     */
    public StreamWorker(
            ShardName shard,
            List<Group> groups,
            List<ShardedTable> tables,
            ChangeStreams streams,
            ShardSessions sessions,
            StreamStore store,
            Timing timing,
            Naming naming) {
        this.naming = naming;
        this.shard = shard;
        this.groups = groups.stream()
                .filter(group -> group.source().equals(shard) || group.target().equals(shard))
                .toList();
        tables.forEach(table -> this.tables.put(table.name(), table));
        this.streams = streams;
        this.writer = new MirrorWriter(shard, sessions, timing);
        this.store = store;
        this.timing = timing;
        this.figures = new StreamFigures(timing);
    }

    /** Works until {@link #stop}, or until nothing but a person can help: {@link #health} then says STOPPED and why. */
    @Override
    public void run() {
        try {
            StoredStream from = load();
            while (!stopping) {
                from = follow(from);
            }
        } catch (ProblemException e) {
            figures.enter(StreamHealth.State.STOPPED, e.problem());
            LOG.warn("The stream of {} has stopped: {}", shard, e.problem().what());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            figures.enter(
                    StreamHealth.State.STOPPED,
                    Problem.of(ErrorCode.INTERNAL, "The stream of {} has stopped: {}", shard, e));
            LOG.error("The stream of {} has stopped", shard, e);
        } finally {
            ended = true;
        }
    }

    /** Ends {@link #run} soon, with what is done saved. */
    public void stop() {
        stopping = true;
    }

    /** Whether {@link #run} has ended by the deadline; from then on it saves nothing more. */
    public boolean awaitEnd(Deadline deadline) throws InterruptedException {
        return await(() -> ended, deadline);
    }

    private StoredStream load() throws ProblemException, InterruptedException {
        while (true) {
            try {
                StoredStream stored = store.load()
                        .orElseThrow(() -> new ProblemException(Problem.of(
                                ErrorCode.STREAM_BROKEN, "No position is stored for the stream of {}.", shard)));
                saved = stored;
                return stored;
            } catch (StoreFailed e) {
                broken(ErrorCode.STORE_UNREACHABLE, e);
                if (stopping) {
                    throw new InterruptedException("stopped");
                }
            }
        }
    }

    /** One opening of the stream; answers from where to open it again. */
    private StoredStream follow(StoredStream stored) throws ProblemException, InterruptedException {
        StoredStream from = naming.opening(stored);
        Applier applier = new Applier(shard, groups, tables, writer, timing, from, passed, figures, naming);
        StoredStream[] newest = {from};
        StreamStart start = new StreamStart(
                shard, from, tables.values().stream().map(ShardedTable::schema).toList(), naming.signals());
        try (ChangeStream stream = streams.open(start)) {
            try {
                while (!stopping && !naming.mustReopen()) {
                    turn(stream, applier);
                    newest[0] = done(stream, applier, newest[0]);
                    save(newest[0], false);
                }
            } catch (StreamException e) {
                figures.enter(StreamHealth.State.BROKEN, problem(ErrorCode.STREAM_BROKEN, e)); // closing takes a while
                throw e;
            } finally {
                newest[0] = done(stream, applier, newest[0]);
                save(newest[0], true);
            }
        } catch (StreamException e) {
            switch (e.kind()) {
                case BROKEN -> broken(ErrorCode.STREAM_BROKEN, e);
                case POSITION_LOST -> throw lost(e);
                case HISTORY_WENT_BACK -> throw wentBack(e);
            }
        }
        return newest[0];
    }

    private void turn(ChangeStream stream, Applier applier)
            throws StreamException, ProblemException, InterruptedException {
        boolean more = applier.work();
        if (!applier.isFull()) {
            Duration atMost = more ? Duration.ZERO : applier.isEmpty() ? IDLE_POLL : WAITING_POLL;
            List<ChangeEvent> events = stream.poll(atMost);
            if (!events.isEmpty()) {
                figures.signOfLife();
                figures.enter(StreamHealth.State.RUNNING, null);
                backoff = FIRST_BACKOFF;
            }
            applier.take(events);
        } else if (!more) {
            timing.pause(WAITING_POLL); // the stream waits with the group that is full [12]
        }
        figures.pending(applier.oldestSince(), applier.waiting());
    }

    private static StoredStream done(ChangeStream stream, Applier applier, StoredStream before) {
        Optional<Checkpoint> done = applier.done();
        if (done.isEmpty() || done.get().position().equals(before.position())) {
            return before;
        }
        stream.markDone(done.get().position());
        return before.with(done.get().position(), done.get().fences(), stream.schemaHistory());
    }

    /** At most once a second, and at once when fences have changed as of the position. */
    private void save(StoredStream newest, boolean atOnce) {
        StoredStream last = saved;
        if (last == null || newest.equals(last)) {
            return;
        }
        boolean due = timing.nanoTime() - savedNanos >= SAVE_INTERVAL.toNanos();
        if (!due && !atOnce && newest.fences().equals(last.fences())) {
            return;
        }
        savedNanos = timing.nanoTime();
        try {
            store.save(newest);
            saved = newest;
        } catch (StoreFailed e) {
            LOG.warn("The position of the stream of {} was not saved; the next will be", shard, e);
        }
    }

    private void broken(ErrorCode code, Exception e) throws InterruptedException {
        figures.enter(StreamHealth.State.BROKEN, problem(code, e));
        LOG.info("The stream of {} broke, next try in {} ms: {}", shard, backoff.toMillis(), e.getMessage());
        Deadline end = timing.deadlineIn(backoff);
        while (!stopping && !end.hasPassed()) {
            end.pause(IDLE_POLL);
        }
        backoff = backoff.multipliedBy(2).compareTo(MOST_BACKOFF) < 0 ? backoff.multipliedBy(2) : MOST_BACKOFF;
    }

    private Problem problem(ErrorCode code, Exception e) {
        return Problem.of(code, "The stream of {} broke; it is opened again. Nothing is lost.", shard)
                .because("{}", String.valueOf(e.getMessage()));
    }

    private ProblemException lost(StreamException e) {
        return new ProblemException(
                Problem.of(
                                ErrorCode.STREAM_BROKEN,
                                "The stream of {} cannot go on where it stood: its changes since are unknown.",
                                shard)
                        .because("{}", String.valueOf(e.getMessage()))
                        .remedy("roll back, or copy the groups again; keep binlogs longer"),
                e);
    }

    private ProblemException wentBack(StreamException e) {
        return new ProblemException(
                Problem.of(ErrorCode.HISTORY_WENT_BACK, "{} has lost commits that its mirrors may already hold.", shard)
                        .because("{}", String.valueOf(e.getMessage()))
                        .remedy("reads to the owner; verify again before going on"),
                e);
    }

    @Override
    public boolean awaitPassed(GroupId group, Role role, long term, long step, Deadline deadline)
            throws InterruptedException {
        return await(() -> passed.hasPassed(group, role, term, step), deadline); // [3][35]
    }

    @Override
    public boolean awaitMet(String purpose, long value, Deadline deadline) throws InterruptedException {
        return await(() -> passed.hasMet(purpose, value), deadline);
    }

    @Override
    public boolean awaitHeartbeat(String purpose, long value, Deadline deadline) throws InterruptedException {
        return await(
                () -> passed.hasMet(purpose, value)
                        && groups.stream().allMatch(group -> passed.hasPassed(group.id(), purpose, value)),
                deadline);
    }

    @Override
    public boolean awaitHeartbeat(GroupId group, String purpose, long value, Deadline deadline)
            throws InterruptedException {
        return await(() -> passed.hasPassed(group, purpose, value), deadline);
    }

    private static boolean await(BooleanSupplier condition, Deadline deadline) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            if (deadline.hasPassed()) {
                return false;
            }
            deadline.pause(LOOK);
        }
        return true;
    }

    @Override
    public StreamHealth health() {
        return figures.health();
    }
}
