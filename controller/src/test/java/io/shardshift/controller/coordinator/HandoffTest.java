package io.shardshift.controller.coordinator;

import static io.shardshift.controller.fence.FencedPair.GROUP;
import static io.shardshift.controller.fence.FencedPair.SOURCE;
import static io.shardshift.controller.fence.FencedPair.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.fence.FencedPair;
import io.shardshift.controller.fence.JdbcFenceChanger;
import io.shardshift.controller.migration.HandoffStage;
import io.shardshift.controller.migration.HandoffState;
import io.shardshift.controller.store.TestLeader;
import io.shardshift.shard.JdbcShardSessions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hand-offs of real fences under real intents: forward, taken back, and entered again by a new leader. */
@SuppressWarnings("NullAway.Init")
class HandoffTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Route BEFORE = new Route(GROUP, SOURCE, TARGET, true, TARGET, null);
    private static final Route AFTER = new Route(GROUP, TARGET, SOURCE, false, TARGET, null);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FencedPair pair;

    @BeforeEach
    void open() throws Exception {
        pair = new FencedPair();
        opened.add(pair);
    }

    @AfterEach
    void close() throws Exception {
        closeDownTo(0);
    }

    private void closeDownTo(int left) throws Exception {
        while (opened.size() > left) {
            opened.remove(opened.size() - 1).close();
        }
    }

    /** A leader newer than those before; its term fits the fences. */
    private HandoffRun leader(boolean byProxy) throws Exception {
        TestLeader leader = TestLeader.take("leader-" + opened.size());
        opened.add(leader);
        leader.store.raiseTermAbove(1);
        JdbcFenceChanger changer =
                byProxy ? pair.changerByProxy(leader::term, SystemTiming.INSTANCE) : pair.changer(leader::term);
        HandoffRun run = new HandoffRun(pair, leader, changer);
        opened.add(run);
        return run;
    }

    private static HandoffState forward() {
        return Handoff.begin(GROUP, SOURCE, TARGET, false, true);
    }

    private static HandoffState back() {
        return Handoff.begin(GROUP, TARGET, SOURCE, true, false);
    }

    private void assertRoles(Role atSource, Role atTarget) throws SQLException {
        assertThat(List.of(pair.role(SOURCE), pair.role(TARGET))).containsExactly(atSource, atTarget);
    }

    private boolean isHeld(ShardName shard) throws SQLException {
        return !pair.schema(shard)
                .rows("SELECT 1 FROM _shardshift_hold WHERE until > NOW(6)")
                .isEmpty();
    }

    private static @Nullable Route last(HandoffRun run) {
        return run.routes.isEmpty() ? null : run.routes.get(run.routes.size() - 1);
    }

    private static ErrorCode code(HandoffState state) {
        return Objects.requireNonNull(state.problem()).code();
    }

    @Test
    void aGroupIsHandedOverStageByStageUnderAnIntent() throws Exception { // [23][32]
        pair.fences(Role.OWNER_MIRRORING, Role.MIRROR);
        HandoffRun run = leader(false);
        List<Boolean> held = new ArrayList<>();
        run.at(HandoffStage.CLOSE, () -> held.add(isHeld(SOURCE)));
        run.at(HandoffStage.OPEN, () -> {
            assertRoles(Role.CLOSED, Role.MIRROR);
            assertThat(run.fences.hasIntent(GROUP)).isTrue();
        });
        HandoffState end = run.run(forward(), LONG);
        assertThat(end.stage()).isEqualTo(HandoffStage.DONE);
        assertThat(run.stages)
                .containsExactly(
                        HandoffStage.HOLD,
                        HandoffStage.CLOSE,
                        HandoffStage.DRAIN,
                        HandoffStage.OPEN,
                        HandoffStage.MIRROR_BACK,
                        HandoffStage.PUBLISH_ROUTES,
                        HandoffStage.DONE);
        assertThat(held).containsExactly(true);
        assertThat(isHeld(SOURCE)).isFalse();
        assertRoles(Role.MIRROR, Role.OWNER);
        assertThat(run.routes).containsExactly(AFTER);
        assertThat(run.rolesAtRoutes).containsExactly(List.of(Role.MIRROR, Role.OWNER));
        assertThat(run.fences.hasIntent(GROUP)).isFalse();
    }

    @Test
    void goingBackMovesTheReadsBeforeTheOwnerOpens() throws Exception { // [30]
        pair.fences(Role.MIRROR, Role.OWNER);
        HandoffRun run = leader(false);
        assertThat(run.run(back(), LONG).stage()).isEqualTo(HandoffStage.DONE);
        assertThat(run.routes)
                .containsExactly(
                        new Route(GROUP, TARGET, SOURCE, false, SOURCE, null),
                        new Route(GROUP, SOURCE, TARGET, false, SOURCE, null));
        assertThat(run.rolesAtRoutes)
                .containsExactly(List.of(Role.MIRROR, Role.CLOSED), List.of(Role.OWNER, Role.MIRROR));
    }

    @Test
    void aTransactionThatKeepsTheFenceIsTakenBackFromAndCommits() throws Exception {
        pair.fences(Role.OWNER_MIRRORING, Role.MIRROR);
        pair.source.execute("CREATE TABLE t (id INT PRIMARY KEY)");
        HandoffRun run = leader(false);
        List<Connection> writers = new ArrayList<>();
        run.at(HandoffStage.HOLD, () -> writers.add(pair.writer(SOURCE))); // begun before it could find the hold
        long step = pair.step(TARGET);
        HandoffState end = run.run(forward(), SHORT);
        assertThat(end.stage()).isEqualTo(HandoffStage.TAKEN_BACK);
        assertThat(code(end)).isEqualTo(ErrorCode.HANDOFF_HELD_BY_TRANSACTION);
        assertThat(Objects.requireNonNull(end.problem()).why()).contains("web-3, pid 41");
        assertThat(run.stages)
                .containsExactly(
                        HandoffStage.HOLD,
                        HandoffStage.CLOSE,
                        HandoffStage.REWRITE,
                        HandoffStage.REOPEN,
                        HandoffStage.RESTORE_ROUTES,
                        HandoffStage.TAKEN_BACK);
        assertRoles(Role.OWNER_MIRRORING, Role.MIRROR);
        assertThat(pair.step(TARGET)).isGreaterThan(step + 1); // taken, and rewritten in the take-back [1]
        assertThat(last(run)).isEqualTo(BEFORE);
        assertThat(isHeld(SOURCE)).isFalse();
        assertThat(run.fences.hasIntent(GROUP)).isFalse();
        try (Connection writer = writers.get(0);
                Statement statement = writer.createStatement()) {
            statement.execute("INSERT INTO t VALUES (1)");
            writer.commit();
        }
        assertThat(pair.source.rows("SELECT id FROM t")).containsExactly(List.of("1"));
        // the next try, by the same leader, gets through
        HandoffRun again = new HandoffRun(pair, run.leader, pair.changer(run.leader::term));
        opened.add(again);
        assertThat(again.run(forward(), LONG).stage()).isEqualTo(HandoffStage.DONE);
    }

    @Test
    void aMirrorWriteThatKeepsTheTargetsFenceIsTakenBackFrom() throws Exception { // [30]
        pair.fences(Role.MIRROR, Role.OWNER);
        HandoffRun run = leader(false);
        List<Connection> writers = new ArrayList<>();
        run.at(HandoffStage.OPEN, () -> writers.add(pair.writer(SOURCE)));
        run.at(HandoffStage.RESTORE_READS, () -> {
            writers.get(0).rollback();
            writers.get(0).close();
        });
        HandoffState end = run.run(back(), SHORT);
        assertThat(end.stage()).isEqualTo(HandoffStage.TAKEN_BACK);
        // the old reads first, and acknowledged, while nobody may write; only then is the owner open again
        assertThat(run.stages)
                .containsSubsequence(
                        HandoffStage.PUBLISH_READS,
                        HandoffStage.OPEN,
                        HandoffStage.RESTORE_READS,
                        HandoffStage.REWRITE,
                        HandoffStage.REOPEN,
                        HandoffStage.RESTORE_ROUTES,
                        HandoffStage.TAKEN_BACK);
        Route closed = new Route(GROUP, TARGET, SOURCE, false, TARGET, null);
        assertThat(run.routes.subList(1, 3)).containsExactly(closed, closed);
        assertThat(run.rolesAtRoutes.subList(1, 3))
                .containsExactly(List.of(Role.MIRROR, Role.CLOSED), List.of(Role.MIRROR, Role.OWNER));
        assertRoles(Role.MIRROR, Role.OWNER);
    }

    @Test
    void aStreamThatDoesNotDrainIsTakenBackFrom() throws Exception {
        pair.fences(Role.OWNER_MIRRORING, Role.MIRROR);
        HandoffRun run = leader(false);
        run.drains = false;
        HandoffState end = run.run(forward(), LONG);
        assertThat(end.stage()).isEqualTo(HandoffStage.TAKEN_BACK);
        assertThat(code(end)).isEqualTo(ErrorCode.HANDOFF_NOT_DRAINED);
        assertRoles(Role.OWNER_MIRRORING, Role.MIRROR);
        assertThat(last(run)).isEqualTo(BEFORE);
    }

    @Test
    void theDrainMarkerIsThisVeryClosed() throws Exception { // [3]
        pair.fences(Role.OWNER_MIRRORING, Role.MIRROR);
        HandoffRun old = leader(false);
        old.at(HandoffStage.DRAIN, () -> {
            throw new HandoffRun.Died();
        });
        assertThatThrownBy(() -> old.run(forward(), LONG)).hasCauseInstanceOf(HandoffRun.Died.class);
        long closedStep = pair.step(SOURCE);
        HandoffRun young = leader(false);
        List<Long> stepAtDrain = new ArrayList<>();
        young.at(HandoffStage.OPEN, () -> stepAtDrain.add(pair.step(SOURCE)));
        assertThat(young.run(Objects.requireNonNull(old.stored), LONG).stage()).isEqualTo(HandoffStage.DONE);
        assertThat(young.markers).hasSize(1);
        Fence marker = young.markers.get(0);
        assertThat(marker.role()).isEqualTo(Role.CLOSED);
        assertThat(marker.term()).isEqualTo(young.leader.term()); // its own CLOSED, which the binlog has later
        assertThat(marker.step()).isEqualTo(closedStep + 1);
        assertThat(stepAtDrain).containsExactly(marker.step());
    }

    @Test
    void aLongTransactionIsKilledWhereThePlanSaysSo() throws Exception {
        pair.fences(Role.OWNER_MIRRORING, Role.MIRROR);
        HandoffRun run = leader(false);
        run.kills = true;
        List<Connection> writers = new ArrayList<>();
        run.at(HandoffStage.HOLD, () -> {
            if (writers.isEmpty()) {
                writers.add(pair.writer(SOURCE));
            }
        });
        try (JdbcShardSessions sessions =
                new JdbcShardSessions(pair::endpoint, pair.credentials, SystemTiming.INSTANCE, "shardshift-test")) {
            FenceHolders holders = new FenceHolders(sessions, SystemTiming.INSTANCE);
            assertThat(run.run(forward(), Duration.ofSeconds(2), holders).stage())
                    .isEqualTo(HandoffStage.DONE);
        }
        try (Connection writer = writers.get(0)) {
            assertThatThrownBy(writer::commit).isInstanceOf(SQLException.class);
        }
        assertRoles(Role.MIRROR, Role.OWNER);
    }

    private void rewind(Role atSource, Role atTarget) throws SQLException {
        for (ShardName shard : List.of(SOURCE, TARGET)) {
            pair.schema(shard).execute("DELETE FROM _shardshift_fence", "DELETE FROM _shardshift_hold");
        }
        pair.fences(atSource, atTarget);
    }

    /** Runs with a death after each durable step, and a new leader that goes on from what is stored. */
    private void dieAfterEachStep(HandoffState begin, Role atSource, Role atTarget, boolean drains, int leastSteps)
            throws Exception {
        for (int n = 1; ; n++) {
            rewind(atSource, atTarget);
            HandoffRun old = leader(false);
            old.drains = drains;
            old.dieAfter = n;
            try {
                old.run(begin, LONG);
                assertThat(n).isGreaterThan(leastSteps);
                return;
            } catch (HandoffRun.Died e) {
                assertThat(old.fences.hasIntent(GROUP))
                        .describedAs("step %s", n)
                        .isTrue(); // [32]
            }
            HandoffState stored = old.stored == null ? begin : old.stored;
            HandoffRun young = leader(false);
            young.drains = drains;
            HandoffState end = young.run(stored, LONG);
            boolean takesBack = stored.problem() != null || !drains;
            assertThat(end.stage())
                    .describedAs("step %s at %s", n, stored.stage())
                    .isEqualTo(takesBack ? HandoffStage.TAKEN_BACK : HandoffStage.DONE);
            ShardName owner = takesBack ? stored.from() : stored.to();
            assertThat(pair.role(owner).owns()).describedAs("step %s", n).isTrue();
            assertThat(pair.role(owner.equals(SOURCE) ? TARGET : SOURCE)).isEqualTo(Role.MIRROR);
            Route last = last(young) == null ? last(old) : last(young);
            assertThat(Objects.requireNonNull(last).owner())
                    .describedAs("step %s", n)
                    .isEqualTo(owner);
            assertThat(isHeld(stored.from())).describedAs("step %s", n).isFalse();
            assertThat(young.fences.hasIntent(GROUP)).isFalse();
            if (BEFORE_THE_OWNER_IS_OPEN.contains(
                    stored.stage())) { // else nothing is concluded from that fence any more
                assertThatThrownBy(() -> old.fences.taken(GROUP, stored.to(), FencedPair.soon())) // [21]
                        .isInstanceOfSatisfying(
                                FenceException.class,
                                e -> assertThat(e.kind()).isEqualTo(FenceException.Kind.ANOTHER_LEADER));
            }
            closeDownTo(1);
        }
    }

    private static final Set<HandoffStage> BEFORE_THE_OWNER_IS_OPEN = EnumSet.of(
            HandoffStage.HOLD,
            HandoffStage.CLOSE,
            HandoffStage.DRAIN,
            HandoffStage.PUBLISH_READS,
            HandoffStage.OPEN,
            HandoffStage.RESTORE_READS,
            HandoffStage.REWRITE,
            HandoffStage.REOPEN);

    @Test
    void aNewLeaderGoesOnFromEachStepForward() throws Exception { // [21][32]
        dieAfterEachStep(forward(), Role.OWNER_MIRRORING, Role.MIRROR, true, 12);
    }

    @Test
    void aNewLeaderGoesOnFromEachStepBack() throws Exception { // [21][30]
        dieAfterEachStep(back(), Role.MIRROR, Role.OWNER, true, 12);
    }

    @Test
    void aNewLeaderTakesBackFromEachStep() throws Exception { // [1][21]
        dieAfterEachStep(forward(), Role.OWNER_MIRRORING, Role.MIRROR, false, 12);
    }

    @Test
    void afterTheOwnerIsOpenTheWayIsForward() throws Exception { // [1]
        pair.fences(Role.CLOSED, Role.OWNER); // the OPEN of the old leader took effect, it never learned
        for (HandoffStage stage : List.of(HandoffStage.OPEN, HandoffStage.REWRITE)) {
            rewind(Role.CLOSED, Role.OWNER);
            HandoffRun run = leader(false);
            run.drains = false;
            HandoffState stored = stage == HandoffStage.OPEN
                    ? forward().at(stage)
                    : new HandoffState(
                            GROUP.id(), SOURCE, TARGET, false, true, stage, Problem.of(ErrorCode.INTERNAL, "lost"));
            assertThat(run.run(stored, LONG).stage()).isEqualTo(HandoffStage.DONE);
            assertRoles(Role.MIRROR, Role.OWNER);
            assertThat(last(run)).isEqualTo(AFTER);
        }
    }

    @Test
    void whatFailsAfterTheOwnerIsOpenIsTriedAgain() throws Exception {
        pair.fences(Role.OWNER_MIRRORING, Role.MIRROR);
        HandoffRun run = leader(true);
        run.at(HandoffStage.MIRROR_BACK, () -> pair.proxy.cutOffAt("role = 'MIRROR'"));
        assertThatThrownBy(() -> run.run(forward(), LONG)).isInstanceOf(FenceException.class);
        assertThat(Objects.requireNonNull(run.stored).stage()).isEqualTo(HandoffStage.MIRROR_BACK);
        assertThat(run.fences.hasIntent(GROUP)).isTrue(); // [32] a fence that cannot be reached keeps it open
        pair.proxy.admit();
        run.at(HandoffStage.MIRROR_BACK, () -> {});
        assertThat(run.run(run.stored, LONG).stage()).isEqualTo(HandoffStage.DONE);
        pair.proxy.deliver();
        assertRoles(Role.MIRROR, Role.OWNER);
    }

    /** A hand-back whose OPEN at the source is cut off from its answer, and comes late. */
    private HandoffRun lateOpen(HandoffStage delivered) throws Exception {
        pair.fences(Role.MIRROR, Role.OWNER);
        HandoffRun run = leader(true);
        run.at(HandoffStage.OPEN, () -> pair.proxy.cutOffAt("role = 'OWNER'"));
        run.at(HandoffStage.RESTORE_READS, pair.proxy::admit);
        run.at(delivered, pair.proxy::deliver);
        return run;
    }

    @Test
    void aLateOpenMatchesNothingOnceTheFenceWasRewritten() throws Exception { // [1]
        HandoffRun run = lateOpen(HandoffStage.REOPEN);
        assertThat(run.run(back(), Duration.ofSeconds(3)).stage()).isEqualTo(HandoffStage.TAKEN_BACK);
        assertRoles(Role.MIRROR, Role.OWNER);
    }

    @Test
    void aLateOpenThatCameBeforeTheRewritingLeadsForward() throws Exception { // [1]
        HandoffRun run = lateOpen(HandoffStage.REWRITE);
        assertThat(run.run(back(), Duration.ofSeconds(3)).stage()).isEqualTo(HandoffStage.DONE);
        assertRoles(Role.OWNER, Role.MIRROR);
        assertThat(last(run)).isEqualTo(new Route(GROUP, SOURCE, TARGET, false, SOURCE, null));
    }
}
