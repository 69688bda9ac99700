package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.apply.Naming;
import io.shardshift.controller.apply.StreamHealth;
import io.shardshift.controller.apply.StreamWorker;
import io.shardshift.controller.bookkeeping.Heartbeat;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.controller.stream.ChangeStreams;
import io.shardshift.controller.stream.StoredStream;
import io.shardshift.controller.stream.StreamStart;
import io.shardshift.controller.stream.StreamStore;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** {@link Streams} of {@link StreamWorker}s, with offsets in ZooKeeper. Thread-safe. */
public final class MigrationStreams implements Streams {
    private static final Duration CALL = Duration.ofSeconds(10);
    /** A step that is to stop is not waited for: another server may have taken a shard's place, and writers stand still. */
    private static final Duration STOP_LOOK = Duration.ofMillis(500);

    private final MigrationRecord migration;
    private final Keyspace keyspace;
    private final JdbcShardSessions sessions;
    private final LeaderStore store;
    private final ChangeStreams changeStreams;
    private final Executor workers;
    private final Timing timing;
    private final Map<ShardName, StreamWorker> running = new ConcurrentHashMap<>();
    private final Map<ShardName, Naming> namings = new ConcurrentHashMap<>();
    private final AtomicLong heartbeats = new AtomicLong();
    private boolean closed;

    public MigrationStreams(
            MigrationRecord migration,
            Keyspace keyspace,
            JdbcShardSessions sessions,
            LeaderStore store,
            ChangeStreams changeStreams,
            Executor workers,
            Timing timing) {
        this.migration = migration;
        this.keyspace = keyspace;
        this.sessions = sessions;
        this.store = store;
        this.changeStreams = changeStreams;
        this.workers = workers;
        this.timing = timing;
    }

    @Override
    public void start(Set<ShardName> shards, Deadline deadline) throws ProblemException, InterruptedException {
        for (ShardName shard : shards) {
            ensure(shard);
        }
        for (ShardName shard : shards) {
            if (!hasMetNow(shard, deadline)) {
                throw new ProblemException(Problem.of(
                                ErrorCode.STREAM_NOT_CAUGHT_UP,
                                "The stream of {} has not started yet: {}.",
                                shard,
                                worker(shard).health())
                        .remedy("it is tried again by itself; look at the server's binlog settings and rights"));
            }
        }
    }

    private StreamWorker worker(ShardName shard) throws ProblemException {
        StreamWorker worker = running.get(shard);
        return worker != null ? worker : ensure(shard);
    }

    /** A stream that is not running goes on from its stored offset: a new leader's first question starts it. */
    private synchronized StreamWorker ensure(ShardName shard) throws ProblemException {
        StreamWorker present = running.get(shard);
        if (present != null) {
            return present;
        }
        if (closed) { // a step that goes on after its leader has stopped: nobody would stop this stream
            throw new ProblemException(Problem.of(
                    ErrorCode.NO_LEADER, "The stream of {} is not started: another controller leads.", shard));
        }
        OffsetNode offset = new OffsetNode(shard);
        try (JdbcShardSession session = sessions.open(shard, Purpose.PLAIN, timing.deadlineIn(CALL))) {
            if (offset.load().isEmpty()) {
                offset.save(StreamStart.atNow(session.connection()));
            }
            List<ShardedTable> tables = List.copyOf(
                    KeyspaceTables.read(session.connection(), keyspace).values());
            StreamWorker worker = new StreamWorker(
                    shard, migration.groups(), tables, changeStreams, sessions, offset, timing, naming(shard));
            running.put(shard, worker);
            workers.execute(worker);
            return worker;
        } catch (ShardException | SQLException | StreamStore.StoreFailed e) {
            throw cannotStart(shard, e);
        }
    }

    @Override
    public synchronized void beginAnew(ShardName shard, Deadline deadline)
            throws ProblemException, InterruptedException {
        StreamWorker before = running.get(shard);
        if (before != null) {
            before.stop();
            if (!before.awaitEnd(deadline)) {
                throw new ProblemException(Problem.of(
                        ErrorCode.STREAM_NOT_CAUGHT_UP,
                        "The stream of {} has not ended yet. It is tried again by itself.",
                        shard));
            }
            running.remove(shard);
        }
        namings.remove(shard);
        try (JdbcShardSession session = sessions.open(shard, Purpose.PLAIN, timing.deadlineIn(CALL))) {
            new OffsetNode(shard).save(StreamStart.atNow(session.connection()));
        } catch (ShardException | SQLException | StreamStore.StoreFailed e) {
            throw cannotStart(shard, e);
        }
        ensure(shard);
    }

    private static ProblemException cannotStart(ShardName shard, Exception e) {
        return new ProblemException(
                Problem.of(
                        ErrorCode.SHARD_UNREACHABLE,
                        "The stream of {} cannot start: {}. It is tried again by itself.",
                        shard,
                        String.valueOf(e.getMessage())),
                e);
    }

    private Naming naming(ShardName shard) {
        boolean names = migration.plan().backfill() == MigrationPlan.Backfill.STREAM
                && migration.groups().stream().anyMatch(group -> group.source().equals(shard));
        return namings.computeIfAbsent(shard, any -> names ? Naming.by(migration.id()) : Naming.none());
    }

    @Override
    public Naming naming(ShardName source, String id) throws ProblemException {
        Naming naming = naming(source);
        naming.want(id); // before its stream is opened: it goes on with nothing else
        worker(source);
        return naming;
    }

    @Override
    public boolean hasMetNow(ShardName source, Deadline deadline) throws ProblemException, InterruptedException {
        StreamWorker worker = worker(source);
        long value = beat(source, timing.deadlineIn(CALL));
        return worker.awaitMet(migration.id().value(), value, deadline);
    }

    @Override
    public boolean awaitPassed(ShardName shard, Fence marker, ShardWork.Stop stop, Deadline deadline)
            throws InterruptedException {
        StreamWorker worker;
        try {
            worker = worker(shard);
        } catch (ProblemException e) {
            return false; // its stream cannot start now: not passed, and the caller says so
        }
        while (!stop.isAsked() && !deadline.hasPassed()) {
            Deadline look = deadline.atMost(STOP_LOOK);
            if (worker.awaitPassed(marker.group(), marker.role(), marker.term(), marker.step(), look)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean awaitHeartbeat(ShardName shard, ShardWork.Stop stop, Deadline deadline)
            throws ProblemException, InterruptedException {
        StreamWorker worker = worker(shard);
        long value = beat(shard, timing.deadlineIn(CALL));
        while (!stop.isAsked() && !deadline.hasPassed()) {
            if (worker.awaitHeartbeat(migration.id().value(), value, timing.deadlineIn(STOP_LOOK))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable Duration drainTime(ShardName shard, Group group, Deadline deadline)
            throws ProblemException, InterruptedException {
        StreamWorker worker = worker(shard);
        Beat beat = commitBeat(shard, timing.deadlineIn(CALL));
        return worker.awaitHeartbeat(group.id(), migration.id().value(), beat.value(), deadline)
                ? Duration.ofNanos(timing.nanoTime() - beat.begunNanos())
                : null;
    }

    /** @param begunNanos when its commit was sent: to open a session is no part of what is measured */
    private record Beat(long value, long begunNanos) {}

    @Override
    public long beat(ShardName shard, Deadline deadline) throws ProblemException {
        return commitBeat(shard, deadline).value();
    }

    private Beat commitBeat(ShardName shard, Deadline deadline) throws ProblemException {
        long value = timing.now().toEpochMilli() * 1_000 + heartbeats.incrementAndGet() % 1_000;
        try (JdbcShardSession session = sessions.open(shard, Purpose.PLAIN, deadline)) {
            long begun = timing.nanoTime();
            Heartbeat.beat(session.connection(), migration.id().value(), value);
            session.commit();
            return new Beat(value, begun);
        } catch (ShardException | SQLException e) {
            throw new ProblemException(
                    Problem.of(
                            ErrorCode.SHARD_UNREACHABLE,
                            "No heartbeat could be written on {}: {}. It is tried again by itself.",
                            shard,
                            String.valueOf(e.getMessage())),
                    e);
        }
    }

    @Override
    public @Nullable Duration lag(ShardName shard) {
        StreamWorker worker = running.get(shard);
        return worker == null ? null : worker.health().lag();
    }

    @Override
    public Map<ShardName, Problem> problems() {
        Map<ShardName, Problem> problems = new TreeMap<>();
        running.forEach((shard, worker) -> {
            Problem problem = worker.health().problem();
            if (problem != null) {
                problems.put(shard, problem);
            }
        });
        return problems;
    }

    @Override
    public JsonNode status() {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        running.forEach((shard, worker) -> {
            StreamHealth health = worker.health();
            Duration lag = health.lag();
            Double rate = health.eventsPerSecond();
            status.putObject(shard.value())
                    .put("state", health.state().name())
                    .put("lagMillis", lag == null ? null : lag.toMillis())
                    .put("eventsPerSecond", rate == null ? null : Math.round(rate))
                    .put("events", health.events())
                    .put("repaired", health.repaired())
                    .put("foreignWrites", health.foreignWrites())
                    .put(
                            "problem",
                            health.problem() == null ? null : health.problem().what());
        });
        return status;
    }

    @Override
    public synchronized void close() {
        closed = true;
        running.values().forEach(StreamWorker::stop);
    }

    /** Offset, roles and schema history of one shard's stream as one znode. */
    private final class OffsetNode implements StreamStore {
        private final ShardName shard;

        OffsetNode(ShardName shard) {
            this.shard = shard;
        }

        private String path() {
            return ZnodePaths.offset(migration.plan().name(), shard);
        }

        @Override
        public Optional<StoredStream> load() throws StoreFailed {
            try {
                return store.read(path(), StoredStream.class).map(LeaderStore.Stored::value);
            } catch (CoordinationException e) {
                throw new StoreFailed("ZooKeeper does not answer", e);
            }
        }

        @Override
        public void save(StoredStream stream) throws StoreFailed {
            try {
                store.ensure(ZnodePaths.offsets(migration.plan().name()));
                store.put(path(), stream);
            } catch (CoordinationException | LeadershipLost e) {
                throw new StoreFailed(String.valueOf(e.getMessage()), e);
            }
        }
    }
}
