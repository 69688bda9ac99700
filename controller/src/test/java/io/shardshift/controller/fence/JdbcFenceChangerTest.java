package io.shardshift.controller.fence;

import static io.shardshift.controller.fence.FencedPair.GROUP;
import static io.shardshift.controller.fence.FencedPair.SOURCE;
import static io.shardshift.controller.fence.FencedPair.TARGET;
import static io.shardshift.controller.fence.FencedPair.fresh;
import static io.shardshift.controller.fence.FencedPair.in;
import static io.shardshift.controller.fence.FencedPair.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.fence.FenceException.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fence changes on a real server, beside other leaders and beside writers. */
@SuppressWarnings("NullAway.Init")
class JdbcFenceChangerTest {
    private static final String FENCE = "FROM _shardshift_fence WHERE migration = 'm-1' AND grp = 0";

    private FencedPair pair;
    private JdbcFenceChanger leader;
    private JdbcFenceChanger young;

    @BeforeEach
    void open() throws Exception {
        pair = new FencedPair();
        pair.fences(Role.OWNER, Role.MIRROR);
        leader = pair.changer(() -> 2);
        young = pair.changer(() -> 3);
    }

    @AfterEach
    void close() throws Exception {
        leader.close();
        young.close();
        pair.close();
    }

    private static void assertKind(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FenceException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void aFenceIsInsertedOnceAndChangedStepByStep() throws Exception {
        pair.source.execute("DELETE FROM _shardshift_fence");
        assertKind(Kind.UNEXPECTED, () -> leader.settle(SOURCE, GROUP.id(), soon()));
        leader.insert(SOURCE, fresh(SOURCE, Role.OWNER), soon());
        young.insert(SOURCE, fresh(SOURCE, Role.VACANT), soon()); // there is one: it stays
        Fence first = leader.read(SOURCE, GROUP.id(), soon()).orElseThrow();
        assertThat(first.role()).isEqualTo(Role.OWNER);
        assertThat(first.peer()).isEqualTo(TARGET);
        assertThat(first.term()).isEqualTo(2);
        assertThat(first.step()).isEqualTo(1);
        assertThat(first.serverUuid())
                .isEqualTo(pair.source.rows("SELECT @@server_uuid").get(0).get(0));
        Fence changed = leader.change(SOURCE, first, Role.OWNER_MIRRORING, soon());
        assertThat(changed).isEqualTo(leader.read(SOURCE, GROUP.id(), soon()).orElseThrow());
        assertThat(changed.step()).isEqualTo(2);
        assertThat(leader.readAll(SOURCE, soon())).containsExactly(changed);
        assertThat(leader.read(SOURCE, new GroupId(new MigrationId("m-1"), 1), soon()))
                .isEmpty();
        assertKind(Kind.ANOTHER_LEADER, () -> leader.change(SOURCE, first, Role.CLOSED, soon())); // an old step
    }

    @Test
    void aNewLeaderStampsItsTermAndAnOldOneMatchesNoRow() throws Exception { // [21]
        Fence known = leader.settle(SOURCE, GROUP.id(), soon());
        assertThat(known.term()).isEqualTo(2);
        assertKind(Kind.UNEXPECTED, () -> young.change(SOURCE, known, Role.CLOSED, soon())); // not stamped yet
        Fence stamped = young.settle(SOURCE, GROUP.id(), soon());
        assertThat(stamped.term()).isEqualTo(3);
        assertThat(stamped.step()).isEqualTo(known.step() + 1);
        assertKind(Kind.ANOTHER_LEADER, () -> leader.change(SOURCE, known, Role.CLOSED, soon()));
        assertKind(Kind.ANOTHER_LEADER, () -> leader.settle(SOURCE, GROUP.id(), soon()));
        assertThat(young.read(SOURCE, GROUP.id(), soon())).contains(stamped);
        pair.source.execute("UPDATE _shardshift_fence SET step = " + known.step()); // the term alone tells
        assertKind(Kind.ANOTHER_LEADER, () -> leader.change(SOURCE, known, Role.CLOSED, soon()));
        pair.source.execute("UPDATE _shardshift_fence SET step = " + stamped.step());
        assertThat(young.change(SOURCE, stamped, Role.CLOSED, soon()).step()).isEqualTo(stamped.step() + 1);
    }

    @Test
    void aHoldIsInForceByTheServersClockAndIsEnded() throws Exception { // [23]
        String left = "SELECT until > NOW(6), until <= NOW(6) + INTERVAL 60 SECOND FROM _shardshift_hold";
        leader.hold(SOURCE, GROUP.id(), 60_000, soon());
        assertThat(pair.source.rows(left)).containsExactly(List.of("1", "1"));
        leader.hold(SOURCE, GROUP.id(), 0, soon());
        assertThat(pair.source.rows(left)).containsExactly(List.of("0", "1"));
    }

    /** Takes the fence as writers do, over and over, each overlapping the others, never in step with them. */
    private void write(AtomicBoolean over) throws SQLException {
        try (Connection connection = pair.source.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!over.get()) {
                statement.executeQuery("SELECT role " + FENCE + " FOR SHARE");
                statement.executeQuery("SELECT SLEEP(0.015 + 0.02 * RAND())");
                connection.commit();
            }
        }
    }

    private int refusedOf(int tries) throws SQLException {
        int refused = 0;
        try (Connection connection = pair.source.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < tries; i++) {
                try {
                    statement.executeQuery("SELECT role " + FENCE + " FOR UPDATE NOWAIT");
                } catch (SQLException e) {
                    assertThat(e.getErrorCode()).isEqualTo(3572);
                    refused++;
                }
            }
        }
        return refused;
    }

    @Test
    void aChangeGetsThroughManyWritersWhereAPureNowaitStarves() throws Exception { // [22]
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            writers.add(threads.submit(() -> {
                write(over);
                return null;
            }));
        }
        try {
            Fence fence = leader.settle(SOURCE, GROUP.id(), in(Duration.ofSeconds(5)));
            for (Role role : List.of(Role.OWNER_MIRRORING, Role.CLOSED, Role.MIRROR, Role.OWNER)) {
                fence = leader.change(SOURCE, fence, role, in(Duration.ofSeconds(5)));
            }
            assertThat(refusedOf(200)).isGreaterThan(195);
        } finally {
            over.set(true);
        }
        for (Future<?> writer : writers) {
            writer.get(10, TimeUnit.SECONDS); // none of them failed
        }
        threads.shutdown();
    }

    @Test
    void aChangeThatIsHeldUpLetsWritersThroughAndChangesNothing() throws Exception { // [22]
        try (Connection holder = pair.writer(SOURCE)) {
            CompletableFuture<Void> change = CompletableFuture.runAsync(() ->
                    assertKind(Kind.HELD, () -> leader.settle(SOURCE, GROUP.id(), in(Duration.ofMillis(1_500)))));
            int written = 0;
            long longest = 0;
            while (!change.isDone()) {
                long begun = System.nanoTime();
                try (Connection other = pair.writer(SOURCE)) {
                    longest = Math.max(longest, System.nanoTime() - begun);
                    other.commit();
                    written++;
                }
            }
            change.get();
            assertThat(written).isGreaterThan(10);
            assertThat(Duration.ofNanos(longest)).isLessThan(Duration.ofMillis(700)); // a lock wait lasts a second
            holder.commit();
        }
        assertThat(pair.step(SOURCE)).isEqualTo(1);
    }

    @Test
    void betweenTwoTriesItBacksOffAtLeastAsLongAsItQueues() throws Exception { // [22]
        HandTiming timing = new HandTiming();
        try (Connection holder = pair.writer(SOURCE)) {
            assertKind(Kind.HELD, () -> leader.settle(SOURCE, GROUP.id(), timing.deadlineIn(Duration.ofMillis(250))));
            holder.commit();
        }
        assertThat(timing.pauses).hasSize(5).containsOnly(Duration.ofMillis(50));
    }

    @Test
    void aControllerPausedInTheMiddleLosesTheFenceToTheServersTimeOut() throws Exception { // [22]
        try (KeptConnections connections = pair.connections(SystemTiming.INSTANCE);
                Connection paused = connections.open(SOURCE, soon());
                Statement statement = paused.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("SELECT role " + FENCE + " FOR UPDATE");
            try (Connection writer = pair.source.connect();
                    Statement writes = writer.createStatement()) {
                writes.execute("SET innodb_lock_wait_timeout = 10"); // wait_timeout is 2
                try (ResultSet result = writes.executeQuery("SELECT role " + FENCE + " FOR SHARE")) {
                    assertThat(result.next()).isTrue();
                }
            }
            assertThatThrownBy(() -> statement.execute("COMMIT")).isInstanceOf(SQLException.class);
        }
    }
}
