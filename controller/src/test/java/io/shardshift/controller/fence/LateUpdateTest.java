package io.shardshift.controller.fence;

import static io.shardshift.controller.fence.FencedPair.GROUP;
import static io.shardshift.controller.fence.FencedPair.SOURCE;
import static io.shardshift.controller.fence.FencedPair.TARGET;
import static io.shardshift.controller.fence.FencedPair.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.Role;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.fence.FenceException.Kind;
import io.shardshift.controller.store.TestLeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An UPDATE whose connection is lost between its sending and its answer, and which the server executes later [1]. */
@SuppressWarnings("NullAway.Init")
class LateUpdateTest {
    private static final String CLOSING = "role = 'CLOSED'";

    private FencedPair pair;
    private TestLeader leader;
    private JdbcFenceChanger changer;
    private GroupFences fences;
    private Fence taken;

    @BeforeEach
    void open() throws Exception {
        pair = new FencedPair();
        pair.fences(Role.OWNER_MIRRORING, Role.MIRROR);
        leader = TestLeader.take("one");
        leader.store.raiseTermAbove(1); // a term that may stamp the fences
        changer = pair.changerByProxy(leader::term, SystemTiming.INSTANCE);
        fences = new GroupFences(changer, leader.store, new MigrationName("late"));
        taken = fences.taken(GROUP, SOURCE, soon());
    }

    @AfterEach
    void close() throws Exception {
        changer.close();
        leader.close();
        pair.close();
    }

    private void closeWithoutAnAnswer() {
        pair.proxy.cutAt(CLOSING);
        assertThatThrownBy(() -> changer.change(SOURCE, taken, Role.CLOSED, soon()))
                .isInstanceOfSatisfying(
                        FenceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN));
    }

    @Test
    void matchesNothingOnceTheSameFenceWasRewritten() throws Exception { // [1]
        closeWithoutAnAnswer();
        Fence kept = fences.bring(GROUP, SOURCE, Role.OWNER_MIRRORING, soon()); // a take-back: it has that role
        assertThat(kept.step()).isEqualTo(taken.step() + 1);
        pair.proxy.deliver();
        assertThat(pair.role(SOURCE)).isEqualTo(Role.OWNER_MIRRORING);
        assertThat(pair.step(SOURCE)).isEqualTo(kept.step());
    }

    @Test
    void isSeenInTheRewritingWhereItCameBefore() throws Exception { // [1]
        closeWithoutAnAnswer();
        pair.proxy.deliver();
        assertThat(pair.role(SOURCE)).isEqualTo(Role.CLOSED);
        Fence closed = fences.bring(GROUP, SOURCE, Role.CLOSED, soon());
        assertThat(closed.step()).isEqualTo(taken.step() + 2); // the late one and the rewriting, no more
    }

    @Test
    void isRewrittenByTheChangeItself() throws Exception { // [1]
        pair.proxy.cutAt(CLOSING);
        Fence closed = fences.bring(taken, SOURCE, Role.CLOSED, soon());
        assertThat(closed.role()).isEqualTo(Role.CLOSED);
        assertThat(closed.step()).isEqualTo(taken.step() + 2); // rewritten, then changed from what was read there
        Fence mirror = fences.bring(closed, SOURCE, Role.MIRROR, soon());
        pair.proxy.deliver();
        assertThat(pair.role(SOURCE)).isEqualTo(Role.MIRROR);
        assertThat(pair.step(SOURCE)).isEqualTo(mirror.step());
    }

    @Test
    void staysUnknownWhileTheFenceCannotBeRewritten() throws Exception { // [1][32]
        fences.openIntent(GROUP, "test");
        pair.proxy.cutOffAt(CLOSING);
        assertThatThrownBy(() -> fences.bring(taken, SOURCE, Role.CLOSED, soon()))
                .isInstanceOfSatisfying(
                        FenceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN));
        assertThat(fences.hasIntent(GROUP)).isTrue();
        assertThat(pair.step(TARGET)).isEqualTo(1);
        pair.proxy.deliver();
        pair.proxy.admit();
        assertThat(fences.taken(GROUP, SOURCE, soon()).role()).isEqualTo(Role.CLOSED);
        fences.clearIntent(GROUP);
    }

    @Test
    void ofAnOldLeaderMatchesNothingUnderANewTerm() throws Exception { // [1][21]
        closeWithoutAnAnswer();
        try (TestLeader young = TestLeader.take("two");
                JdbcFenceChanger its = pair.changer(young::term)) {
            young.store.raiseTermAbove(leader.term());
            assertThat(its.settle(SOURCE, GROUP.id(), soon()).role()).isEqualTo(Role.OWNER_MIRRORING);
            pair.proxy.deliver();
            assertThat(pair.role(SOURCE)).isEqualTo(Role.OWNER_MIRRORING);
            assertThat(pair.term(SOURCE)).isEqualTo(young.term());
        }
    }
}
