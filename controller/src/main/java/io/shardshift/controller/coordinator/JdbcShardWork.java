package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.bookkeeping.AutoIncrementRoom;
import io.shardshift.controller.bookkeeping.BookkeepingSchema;
import io.shardshift.controller.bookkeeping.Emptying;
import io.shardshift.controller.bookkeeping.TargetTables;
import io.shardshift.controller.check.Check;
import io.shardshift.controller.check.CheckContext;
import io.shardshift.controller.check.Checks;
import io.shardshift.controller.check.Remembered;
import io.shardshift.controller.copy.BulkCopy;
import io.shardshift.controller.copy.MirroredPair;
import io.shardshift.controller.copy.ServerEstimates;
import io.shardshift.controller.copy.StreamCopy;
import io.shardshift.controller.copy.WorkContext;
import io.shardshift.controller.copy.WorkProgress;
import io.shardshift.controller.pacing.RowRate;
import io.shardshift.controller.pacing.Throttle;
import io.shardshift.controller.pacing.ThrottleSampler;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.controller.verify.Verification;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link ShardWork} on real shards. Thread-safe for status; work is one step at a time. */
final class JdbcShardWork implements ShardWork {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcShardWork.class);
    private static final Duration CALL = Duration.ofSeconds(20);
    /** Room for inserts at the source between the raise and the hand-off. */
    private static final long AUTO_INCREMENT_ROOM = 1_000;
    /** Between two looks at a closed throttle. */
    private static final Duration THROTTLED = Duration.ofMillis(100);

    private final MigrationRecord migration;
    private final Keyspace keyspace;
    private final JdbcShardSessions sessions;
    private final Executor workers;
    private final Timing timing;
    private final LeaderStore store;
    private final Throttle throttle;
    private final Remembered remembered;
    private final Warnings warnings;
    private final LongAdder emptied = new LongAdder();
    private volatile @Nullable Supplier<WorkProgress> copy;
    private volatile @Nullable Verification verification;
    /** What {@link #verification} compares, and for which attempts; of the step's thread alone. */
    private List<Object> compared = List.of();

    private volatile StoredFigures recalled = StoredFigures.NONE;

    /** @param throttle sampled while rows are copied, compared or removed */
    JdbcShardWork(
            MigrationRecord migration,
            Keyspace keyspace,
            JdbcShardSessions sessions,
            LeaderStore store,
            Remembered remembered,
            Executor workers,
            Timing timing,
            Throttle throttle) {
        this.store = store;
        this.throttle = throttle;
        this.migration = migration;
        this.remembered = remembered;
        this.warnings = new Warnings(store, migration.plan().name(), timing);
        this.keyspace = keyspace;
        this.sessions = sessions;
        this.workers = workers;
        this.timing = timing;
    }

    private List<MirroredPair> pairs() {
        return MovingPairs.of(migration);
    }

    private Map<String, ShardedTable> tables(ShardName shard) throws ProblemException {
        return onShard(shard, connection -> KeyspaceTables.read(connection, keyspace));
    }

    @FunctionalInterface
    private interface OnConnection<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T onShard(ShardName shard, OnConnection<T> work) throws ProblemException {
        try (JdbcShardSession session = sessions.open(shard, Purpose.PLAIN, timing.deadlineIn(CALL))) {
            T result = work.run(session.connection());
            session.connection().commit();
            return result;
        } catch (SQLException | ShardException e) {
            throw unreachable(shard, e);
        }
    }

    private static ProblemException unreachable(ShardName shard, Exception e) {
        return new ProblemException(
                Problem.of(
                        ErrorCode.SHARD_UNREACHABLE,
                        "Shard {} did not answer: {}. It is tried again by itself.",
                        shard,
                        String.valueOf(e.getMessage())),
                e);
    }

    @Override
    public List<Finding> check(Check.Scope scope) {
        try (CheckContext context = CheckContext.open(
                keyspace, migration.plan(), migration.groups(), sessions, timing, scope, remembered)) {
            List<Finding> findings = Checks.run(context);
            warnings.ran(scope, findings);
            return findings;
        }
    }

    @Override
    public List<Warnings.Warning> warnings() {
        return warnings.all();
    }

    @Override
    public void rememberServers() throws ProblemException {
        try (CheckContext context = CheckContext.open(
                keyspace, migration.plan(), migration.groups(), sessions, timing, Check.Scope.RUNNING, remembered)) {
            Checks.rememberServers(context);
        }
    }

    @Override
    public void prepareShards(Deadline deadline) throws ProblemException {
        for (ShardName shard : migration.shards()) {
            onShard(shard, connection -> {
                BookkeepingSchema.create(connection);
                return shard;
            });
        }
        for (MirroredPair pair : pairs()) {
            List<String> names = List.copyOf(tables(pair.source()).keySet());
            List<TargetTables.Difference> different = onShard(
                    pair.source(), source -> onTarget(pair, target -> TargetTables.create(source, target, names)));
            if (!different.isEmpty()) {
                throw new ProblemException(Problem.of(
                                ErrorCode.SCHEMA_CHANGED,
                                "Table {} on {} is defined otherwise than on {}. Nothing has moved.",
                                different.get(0).table(),
                                pair.target(),
                                pair.source())
                        .remedy("make the definitions alike, or drop the table on the target"));
            }
        }
    }

    @Override
    public void empty(ShardName shard, Fence vacant, SlotRanges slots, Stop stop)
            throws ProblemException, InterruptedException {
        RowRate rate = new RowRate(timing, migration.plan().pacing().maxRowsPerSecond());
        Emptying emptying = new Emptying(sessions, timing, () -> mayGoOn(rate, stop), emptied::add);
        try (ThrottleSampler sampler = ThrottleSampler.start(throttle, workers, timing)) {
            emptying.empty(shard, vacant, slots, tables(shard).values());
        } catch (ShardException e) {
            throw unreachable(shard, e);
        } catch (Emptying.NotVacant e) {
            throw new ProblemException(
                    Problem.of(ErrorCode.FENCE_CHANGED_BY_ANOTHER, "{}", String.valueOf(e.getMessage())), e);
        }
    }

    /** Waits for its turn; false when asked to stop. */
    private boolean mayGoOn(RowRate rate, Stop stop) throws InterruptedException {
        while (!stop.isAsked() && !throttle.isOpen()) {
            timing.pause(THROTTLED);
        }
        if (!stop.isAsked()) {
            timing.pause(rate.book(Emptying.ROWS));
        }
        return !stop.isAsked();
    }

    @Override
    public long rowsEmptied() {
        return emptied.sum();
    }

    @Override
    public void recall() {
        try {
            recalled = StoredFigures.read(store, migration);
        } catch (CoordinationException e) {
            LOG.warn("{}: what was copied and compared is unknown until either runs again", migration.id(), e);
        }
    }

    @Override
    public void copy(Map<Integer, Long> attempts, Streams streams, Stop stop)
            throws ProblemException, InterruptedException {
        ProgressNodes stored = new ProgressNodes(store, migration.plan().name(), "copy");
        if (migration.plan().backfill() == MigrationPlan.Backfill.STREAM) {
            StreamCopy work = new StreamCopy(work(attempts), pairs(), sourceTables(), stored, streams);
            copy = work::progress;
            paced(() -> work.run(stop::isAsked));
            return;
        }
        BulkCopy work = new BulkCopy(work(attempts), pairs(), sourceTables(), stored);
        copy = work::progress;
        paced(() -> inParallel(() -> work.runWorker(stop::isAsked), stop));
    }

    @Override
    public void verify(Map<Integer, Long> attempts, Stop stop) throws ProblemException, InterruptedException {
        verify(pairs(), "verification", attempts, stop);
    }

    @Override
    public void verifyBack(List<Group> atTargets, Map<Integer, Long> attempts, Stop stop)
            throws ProblemException, InterruptedException {
        verify(MovingPairs.back(migration, atTargets), "verification-back", attempts, stop);
    }

    private void verify(List<MirroredPair> pairs, String progress, Map<Integer, Long> attempts, Stop stop)
            throws ProblemException, InterruptedException {
        List<Object> now = List.of(progress, attempts);
        Verification before = verification;
        Verification work = new Verification(
                work(attempts),
                pairs,
                sourceTables(),
                new ProgressNodes(store, migration.plan().name(), progress),
                true,
                before != null && now.equals(compared) ? before.differences() : List.of());
        compared = now;
        verification = work;
        paced(() -> inParallel(() -> work.runWorker(stop::isAsked), stop));
        WorkProgress end = work.progress();
        if (end.differences() > end.repaired() && !stop.isAsked()) {
            throw new ProblemException(Problem.of(
                            ErrorCode.ROWS_DIFFER,
                            "{} rows differ between source and target and could not be repaired.",
                            end.differences() - end.repaired())
                    .remedy(
                            "shardshift differences {} shows them, GET /api/v1/migrations/{}/differences too",
                            migration.plan().name(),
                            migration.plan().name()));
        }
    }

    private WorkContext work(Map<Integer, Long> attempts) {
        return new WorkContext(
                sessions,
                timing,
                throttle,
                new RowRate(timing, migration.plan().pacing().maxRowsPerSecond()),
                group -> attempts.getOrDefault(group.number(), 0L),
                new ServerEstimates(sessions, timing),
                new java.util.Random());
    }

    private List<ShardedTable> sourceTables() throws ProblemException {
        return List.copyOf(tables(migration.sources().first()).values());
    }

    @FunctionalInterface
    private interface Work {
        void run() throws ProblemException, InterruptedException;
    }

    private void paced(Work work) throws ProblemException, InterruptedException {
        try (ThrottleSampler sampler = ThrottleSampler.start(throttle, workers, timing)) {
            work.run();
        }
    }

    private void inParallel(Work work, Stop stop) throws ProblemException, InterruptedException {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < migration.plan().pacing().copiers(); i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            workers.execute(() -> {
                try {
                    work.run();
                    done.complete(null);
                } catch (ProblemException | RuntimeException e) {
                    done.completeExceptionally(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    done.completeExceptionally(e);
                }
            });
            running.add(done);
        }
        ProblemException failure = null;
        for (CompletableFuture<Void> one : running) {
            try {
                one.get();
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof ProblemException problem
                        ? problem
                        : new ProblemException(
                                Problem.of(ErrorCode.INTERNAL, "copying failed: {}", String.valueOf(e.getCause())),
                                e.getCause());
            }
        }
        if (failure != null && !stop.isAsked()) {
            throw failure;
        }
    }

    @Override
    public void raiseAutoIncrement() throws ProblemException {
        for (MirroredPair pair : pairs()) {
            for (ShardedTable table : tables(pair.source()).values()) {
                if (table.schema().autoIncrement().isPresent()) {
                    onShard(
                            pair.source(),
                            source -> onTarget(
                                    pair,
                                    target -> AutoIncrementRoom.raise(
                                            source, target, table.name(), AUTO_INCREMENT_ROOM)));
                }
            }
        }
    }

    private <T> T onTarget(MirroredPair pair, OnConnection<T> work) throws SQLException {
        try (JdbcShardSession target = sessions.open(pair.target(), Purpose.PLAIN, timing.deadlineIn(CALL))) {
            T result = work.run(target.connection());
            target.connection().commit();
            return result;
        } catch (ShardException e) {
            throw new SQLException(e.getMessage(), e);
        }
    }

    @Override
    public long rowsDone() {
        Supplier<WorkProgress> copied = copy;
        Verification verified = verification;
        return (copied == null ? 0 : copied.get().rows())
                + (verified == null ? 0 : verified.progress().rows());
    }

    /** While copying, comparing is still to come: its time is not known before it runs. */
    @Override
    public @Nullable Long etaSeconds() {
        Verification verified = verification;
        Supplier<WorkProgress> copied = copy;
        if (verified != null) {
            return verified.progress().etaSeconds();
        }
        return copied == null ? null : copied.get().etaSeconds();
    }

    @Override
    public @Nullable JsonNode copyStatus() {
        Supplier<WorkProgress> work = copy;
        return StoredFigures.copyDocument(work == null ? recalled.copy() : work.get());
    }

    @Override
    public @Nullable JsonNode verificationStatus() {
        Verification work = verification;
        return StoredFigures.verificationDocument(work == null ? recalled.verification() : work.progress());
    }

    @Override
    public JsonNode throttleStatus() {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        if (!throttle.isSampled()) {
            return status.putNull("open").putNull("reason");
        }
        String reason = throttle.reason().orElse(null);
        return status.put("open", reason == null).put("reason", reason);
    }

    @Override
    public JsonNode differences() {
        Verification work = verification;
        return work == null ? JsonNodeFactory.instance.arrayNode() : Json.tree(work.differences());
    }
}
