package io.shardshift.controller.coordinator;

import static io.shardshift.controller.fence.FencedPair.GROUP;
import static io.shardshift.controller.fence.FencedPair.SOURCE;
import static io.shardshift.controller.fence.FencedPair.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.PacingSpec;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.bookkeeping.Emptying;
import io.shardshift.controller.bookkeeping.Emptying.NotVacant;
import io.shardshift.controller.fence.FenceChanger;
import io.shardshift.controller.fence.FencedPair;
import io.shardshift.controller.fence.GroupFences;
import io.shardshift.controller.fence.JdbcFenceChanger;
import io.shardshift.controller.fence.KeptConnections;
import io.shardshift.controller.migration.Event;
import io.shardshift.controller.migration.HandoffStage;
import io.shardshift.controller.migration.HandoffState;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.migration.MigrationStateMachine;
import io.shardshift.controller.migration.Step;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.controller.store.TestLeader;
import io.shardshift.coordination.Operation;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.ShardedTable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps that change fences, on real shards and a real ZooKeeper; the streams and the work on rows are in memory. */
@SuppressWarnings("NullAway.Init")
class MigrationStepsTest {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final MigrationId EARLIER = new MigrationId("m-0");
    private static final GroupHandoffs.Listener NOBODY = new GroupHandoffs.Listener() {
        @Override
        public void stageBegins(HandoffState state) {}

        @Override
        public void writersWereHeld(Duration pause) {}
    };
    private static final SlotRanges ALL = SlotRanges.of(0, 15);

    private final MigrationName name = new MigrationName("steps-" + NAMES.incrementAndGet());
    private final KeyspaceName keyspace = new KeyspaceName("steps" + NAMES.get());
    private FencedPair pair;
    private TestLeader leader;
    private HandoffRun streams;
    private MigrationContext context;
    private MigrationSteps steps;
    private volatile boolean targetIsAway;
    private final RowsInMemory rows =
            new RowsInMemory((shard, vacant) -> call("empty " + shard + " under " + vacant.role()));

    /** Calls that change fences, and the emptying, each with the attempts that were stored by then. */
    private final List<String> calls = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        pair = new FencedPair();
        leader = TestLeader.take("steps");
        leader.store.raiseTermAbove(1);
        leader.coordination.ensure(ZnodePaths.migration(name));
        leader.coordination.ensure(ZnodePaths.routes(keyspace));
        leader.coordination.transact(
                new Operation.Set(ZnodePaths.routes(keyspace), Json.write(table()), Operation.ANY));
        ShardEndpoint nowhere = new ShardEndpoint(TARGET, "jdbc:mysql://127.0.0.1:1/target", "target", 0);
        FenceChanger changer = new JdbcFenceChanger(
                new KeptConnections(
                        shard -> targetIsAway && shard.equals(TARGET) ? nowhere : pair.endpoint(shard),
                        pair.credentials,
                        "shardshift-test",
                        SystemTiming.INSTANCE),
                leader::term);
        streams = new HandoffRun(pair, leader, changer);
        JdbcShardSessions sessions =
                new JdbcShardSessions(pair::endpoint, pair.credentials, SystemTiming.INSTANCE, "shardshift-test");
        context = new MigrationContext(
                new MigrationRecord(1, GROUP.id().migration(), plan(), List.of(GROUP), slots(), "", Instant.EPOCH),
                leader.store,
                new GroupFences(told(changer), leader.store, name),
                new RoutePublisher(leader.store, keyspace),
                agent -> false,
                streams,
                rows,
                new FenceHolders(sessions, SystemTiming.INSTANCE),
                sessions,
                SystemTiming.INSTANCE);
        steps = new MigrationSteps(context, () -> false, NOBODY);
    }

    @AfterEach
    void close() throws Exception {
        context.close();
        leader.close();
        pair.close();
    }

    private MigrationPlan plan() {
        return new MigrationPlan(
                name,
                keyspace,
                new TreeMap<>(),
                new TreeMap<>(),
                Gates.DEFAULT,
                GroupsSpec.DEFAULT,
                HandoffSpec.DEFAULT,
                MigrationPlan.Reads.STRICT,
                MigrationPlan.Backfill.COPY,
                PacingSpec.DEFAULT,
                List.of());
    }

    private static SlotMap slots() {
        return new SlotMap(16, new TreeMap<>(Map.of(SOURCE, ALL)));
    }

    private RouteTable table() {
        Keyspace definition = new Keyspace(
                keyspace,
                new ShardFunction.Modulo(16),
                new TreeMap<>(Map.of("t", new TableSpec("t", List.of("k")))),
                false,
                new TreeMap<>(Map.of(SOURCE, new ShardSpec(pair.source.jdbcUrl(), "source"))),
                slots(),
                null,
                List.of(),
                ShardKeyForm.AS_IS);
        return new RouteTable(
                new RoutesEpoch(1),
                definition,
                new TreeMap<>(Map.of(SOURCE, pair.endpoint(SOURCE), TARGET, pair.endpoint(TARGET))),
                slots(),
                List.of(),
                null,
                true);
    }

    private void call(String call) {
        try {
            String node = ZnodePaths.migration(name) + "/attempts";
            calls.add(call + ", attempts "
                    + leader.store
                            .read(node, StoredAttempts.Attempts.class)
                            .map(stored -> stored.value().byGroup())
                            .orElse(Map.of()));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private FenceChanger told(FenceChanger changer) {
        return (FenceChanger) Proxy.newProxyInstance(
                MigrationStepsTest.class.getClassLoader(),
                new Class<?>[] {FenceChanger.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("settle")) {
                        call("take " + arguments[0]);
                    } else if (method.getName().equals("change")) {
                        call(arguments[0] + " to " + arguments[2]);
                    }
                    try {
                        return method.invoke(changer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static void earlier(FencedPair pair, ShardName shard, int group, Role role, long term) throws Exception {
        pair.schema(shard)
                .execute("INSERT INTO _shardshift_fence VALUES ('" + EARLIER + "', " + group + ", '" + role + "', '"
                        + (shard.equals(SOURCE) ? TARGET : SOURCE) + "', @@server_uuid, " + term + ", 5)");
    }

    @Test
    void theTermIsAboveEveryFenceOfTheShards() throws Exception { // [25]
        long before = leader.term();
        earlier(pair, SOURCE, 0, Role.VACANT, before + 7);
        earlier(pair, TARGET, 0, Role.OWNER, before + 11); // ZooKeeper has forgotten the leader who wrote it
        steps.run(Step.FENCES);
        assertThat(leader.term()).isEqualTo(before + 12);
        assertThat(List.of(pair.term(SOURCE), pair.term(TARGET))).containsOnly(before + 12);
        assertThat(List.of(pair.role(SOURCE), pair.role(TARGET))).containsExactly(Role.OWNER, Role.VACANT);
        steps.run(Step.OLD_FENCES); // by a smaller term it could not
        assertThat(pair.target.rows("SELECT role, term FROM _shardshift_fence WHERE migration = 'm-0'"))
                .containsExactly(List.of("CLOSED", Long.toString(before + 12)));
    }

    @Test
    void everyFenceThatEarlierMigrationsLeftIsClosed() throws Exception { // [37][24]
        pair.fences(Role.OWNER, Role.VACANT);
        for (ShardName shard : List.of(SOURCE, TARGET)) {
            earlier(pair, shard, 0, Role.OWNER, 1);
            earlier(pair, shard, 1, Role.VACANT, 1);
            earlier(pair, shard, 2, Role.MIRROR, 1); // of a rollback past a target that was away
            earlier(pair, shard, 3, Role.CLOSED, 1);
        }
        steps.run(Step.OLD_FENCES);
        for (ShardName shard : List.of(SOURCE, TARGET)) {
            assertThat(pair.schema(shard).rows("SELECT DISTINCT role FROM _shardshift_fence WHERE migration = 'm-0'"))
                    .containsExactly(List.of("CLOSED"));
        }
        assertThat(List.of(pair.role(SOURCE), pair.role(TARGET))).containsExactly(Role.OWNER, Role.VACANT);
        assertThat(List.of(pair.step(SOURCE), pair.step(TARGET))).containsOnly(1L);
    }

    /** The purge of an earlier migration by a controller that was paused between two batches. */
    @Test
    void aLatePurgeOfAnEarlierMigrationDeletesNoRowOfOurs() throws Exception { // [37]
        pair.fences(Role.OWNER, Role.VACANT);
        earlier(pair, TARGET, 0, Role.VACANT, 1);
        pair.target.execute(
                "CREATE TABLE t (id INT PRIMARY KEY, k INT)",
                "SET cte_max_recursion_depth = 10000",
                "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1500)"
                        + " SELECT i, 3 FROM n");
        ShardedTable table;
        try (Connection connection = pair.target.connect()) {
            table = new ShardedTable(
                    SchemaReader.read(connection, "t").orElseThrow(), List.of("k"), new ShardFunction.Modulo(16));
        }
        Fence vacant = new Fence(new GroupId(EARLIER, 0), Role.VACANT, SOURCE, "any", 1, 5);
        CountDownLatch paused = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        AtomicInteger batches = new AtomicInteger();
        Emptying purge = new Emptying(
                context.sessions(),
                SystemTiming.INSTANCE,
                () -> {
                    if (batches.incrementAndGet() == 2) {
                        paused.countDown();
                        goesOn.await();
                    }
                    return true;
                },
                rows -> {});
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Long> deleted = thread.submit(() -> purge.empty(TARGET, vacant, GROUP.slots(), List.of(table)));
            assertThat(paused.await(30, TimeUnit.SECONDS)).isTrue();
            steps.run(Step.OLD_FENCES);
            pair.target.execute("INSERT INTO t VALUES (5000, 3)"); // ours: phase 1 begins after that step
            goesOn.countDown();
            assertThatThrownBy(() -> deleted.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(NotVacant.class);
            assertThat(pair.target.rows("SELECT COUNT(*), MAX(id) FROM t")).containsExactly(List.of("501", "5000"));
        } finally {
            goesOn.countDown();
            thread.shutdownNow();
        }
    }

    @Test
    void anAttemptIsRecordedOnceTheTargetIsVacantAndBeforeItIsEmptied() throws Exception { // [34][32]
        pair.fences(Role.OWNER, Role.MIRROR); // of an attempt before: its chunks may still be under way
        steps.run(Step.MIRRORING);
        assertThat(calls)
                .containsExactly(
                        "take source, attempts {}",
                        "take target, attempts {}",
                        "target to VACANT, attempts {}",
                        "empty target under VACANT, attempts {0=1}",
                        "target to MIRROR, attempts {0=1}",
                        "take source, attempts {0=1}", // after B is taken, no role of A is remembered [32]
                        "source to OWNER_MIRRORING, attempts {0=1}");
        assertThat(context.routes().current().routes()).hasSize(1).allMatch(route -> route.mirrored());
        assertThat(context.fences().hasIntent(GROUP)).isFalse();

        calls.clear();
        steps.run(Step.MIRRORING); // by a new leader: what mirrors is no new attempt
        assertThat(calls).containsExactly("take source, attempts {0=1}");
    }

    @Test
    void aTargetThatIsAwayDoesNotBarTheWayBack() throws Exception { // [24]
        pair.fences(Role.OWNER_MIRRORING, Role.MIRROR);
        targetIsAway = true;
        steps.run(Step.STEP_BACK); // which asks it nothing
        assertThat(List.of(pair.role(SOURCE), pair.role(TARGET))).containsExactly(Role.OWNER, Role.MIRROR);
        assertThat(context.routes().current().routes()).hasSize(1).noneMatch(route -> route.mirrored());
        assertThat(context.fences().hasIntent(GROUP)).isFalse();
        steps.run(Step.STOP_MIRRORING); // which vacates it, were it there
        assertThat(List.of(pair.role(SOURCE), pair.role(TARGET))).containsExactly(Role.OWNER, Role.MIRROR);
        targetIsAway = false;
        steps.run(Step.STOP_MIRRORING);
        assertThat(List.of(pair.role(SOURCE), pair.role(TARGET))).containsExactly(Role.OWNER, Role.VACANT);
    }

    private static final MigrationName ANOTHER = new MigrationName("another");

    /** As if this migration, or another, held the keyspace. */
    private void keyspaceIsHeldBy(MigrationName running) throws Exception {
        leader.store.put(
                ZnodePaths.keyspace(keyspace),
                new KeyspaceRecord(table().keyspace(), new TreeMap<>(), running, null, List.of(name)));
    }

    private @Nullable MigrationName running() throws Exception {
        return leader.store
                .read(ZnodePaths.keyspace(keyspace), KeyspaceRecord.class)
                .orElseThrow()
                .value()
                .running();
    }

    @Test
    void intentsAreClearedOnceTheRoutesOfTheEndArePublished() throws Exception { // [32]
        pair.fences(Role.OWNER, Role.VACANT);
        leader.coordination.ensure(ZnodePaths.keyspaces());
        keyspaceIsHeldBy(name);
        context.fences().openIntent(GROUP, "complete");
        leader.coordination.transact(new Operation.Delete(ZnodePaths.routes(keyspace), Operation.ANY));
        assertThatThrownBy(() -> steps.run(Step.ROLLBACK_ROUTES)).isInstanceOf(IllegalStateException.class);
        assertThat(context.fences().hasIntent(GROUP)).isTrue();

        leader.store.put(ZnodePaths.routes(keyspace), table());
        steps.run(Step.ROLLBACK_ROUTES);
        assertThat(context.fences().hasIntent(GROUP)).isFalse();
        assertThat(running()).isNull();

        context.fences().openIntent(GROUP, "complete"); // cut off between the two: a new leader does the rest
        keyspaceIsHeldBy(ANOTHER);
        steps.run(Step.ROLLBACK_ROUTES);
        assertThat(context.fences().hasIntent(GROUP)).isFalse();
        assertThat(running()).isEqualTo(ANOTHER);
    }

    @Test
    void whoReadsThatAMigrationFailedFindsItsKeyspaceGivenBack() throws Exception {
        leader.coordination.ensure(ZnodePaths.keyspaces());
        keyspaceIsHeldBy(name);
        rows.findings = List.of(Finding.fail(
                "BinlogIsOn", "source", Problem.of(ErrorCode.BINLOG_OFF, "log_bin is OFF on {}", "source")));
        MigrationState begun = MigrationState.initial(Gates.DEFAULT, false, Instant.EPOCH);
        leader.store.put(ZnodePaths.state(name), begun);
        Map<Step, Optional<MigrationName>> runningWhenTold = new EnumMap<>(Step.class);
        ExecutorService workers = Executors.newSingleThreadExecutor();
        try {
            MigrationCoordinator coordinator = new MigrationCoordinator(
                    context,
                    begun,
                    0,
                    workers,
                    state -> {
                        try {
                            runningWhenTold.put(state.step(), Optional.ofNullable(running()));
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    },
                    NOBODY);
            coordinator.run();
            assertThat(coordinator.state().step()).isEqualTo(Step.FAILED);
        } finally {
            workers.shutdownNow();
        }
        assertThat(runningWhenTold).containsExactly(Map.entry(Step.FAILED, Optional.empty()));
        assertThat(leader.store
                        .read(ZnodePaths.state(name), MigrationState.class)
                        .orElseThrow()
                        .value()
                        .step())
                .isEqualTo(Step.FAILED);
        assertThat(context.routes().current().epoch()).isEqualTo(new RoutesEpoch(2));
    }

    @Test
    void oneThatFailedUnderAnEarlierVersionStillGivesItsKeyspaceBack() throws Exception {
        leader.coordination.ensure(ZnodePaths.keyspaces());
        keyspaceIsHeldBy(name);
        MigrationState failed = new MigrationStateMachine()
                .on(
                        MigrationState.initial(Gates.DEFAULT, false, Instant.EPOCH),
                        new Event.StepBlocked(
                                Step.PREFLIGHT,
                                Problem.of(ErrorCode.PREFLIGHT_FAILED, "it failed"),
                                true,
                                Instant.EPOCH))
                .next();
        leader.store.put(ZnodePaths.state(name), failed);
        ExecutorService workers = Executors.newSingleThreadExecutor();
        try {
            new MigrationCoordinator(context, failed, 0, workers, state -> {}, NOBODY).run();
        } finally {
            workers.shutdownNow();
        }
        assertThat(running()).isNull();
    }

    @Test
    void pointReadsWaitForThisVeryStartOfMirroring() throws Exception { // [35][3]
        pair.fences(Role.OWNER, Role.VACANT);
        steps.run(Step.MIRRORING);
        streams.drains = false;
        assertThatThrownBy(() -> steps.run(Step.MIRRORING_PASSED))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.STREAM_NOT_CAUGHT_UP));
        assertThat(streams.markers).hasSize(1);
        Fence marker = streams.markers.get(0);
        assertThat(marker.role()).isEqualTo(Role.OWNER_MIRRORING);
        assertThat(List.of(marker.term(), marker.step())).containsExactly(pair.term(SOURCE), pair.step(SOURCE));
        streams.drains = true;
        steps.run(Step.MIRRORING_PASSED);
    }

    /** A leader died between the hold and the drain; the next one finds a setting that bars the way on. */
    @Test
    void aHandoffThatALeaderLeftIsEndedBeforeTheShardsAreLookedAt() throws Exception {
        pair.fences(Role.CLOSED, Role.MIRROR);
        context.fences().openIntent(GROUP, "hand-off to target");
        leader.store.put(
                ZnodePaths.migration(name) + "/handoff-0",
                Handoff.begin(GROUP, SOURCE, TARGET, false, true).at(HandoffStage.DRAIN));
        streams.drains = false;
        rows.findings = List.of(Finding.fail(
                "binlogRowImage", "source", Problem.of(ErrorCode.PREFLIGHT_FAILED, "binlog_row_image is MINIMAL.")));

        assertThatThrownBy(() -> steps.run(Step.HANDOFF_CANARY)).isInstanceOf(HandoffTakenBack.class);

        assertThat(List.of(pair.role(SOURCE), pair.role(TARGET))).containsExactly(Role.OWNER_MIRRORING, Role.MIRROR);
        assertThatThrownBy(() -> steps.run(Step.HANDOFF_CANARY)).isNotInstanceOf(HandoffTakenBack.class);
        assertThat(pair.role(SOURCE)).isEqualTo(Role.OWNER_MIRRORING);
    }
}
