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
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.controller.store.TestLeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Intents and the pair of fences, on real servers and a real ZooKeeper. */
@SuppressWarnings("NullAway.Init")
class GroupFencesTest {
    private static final MigrationName NAME = new MigrationName("intents");

    private FencedPair pair;
    private TestLeader leader;
    private JdbcFenceChanger changer;
    private GroupFences fences;

    @BeforeEach
    void open() throws Exception {
        pair = new FencedPair();
        pair.fences(Role.OWNER, Role.VACANT);
        leader = TestLeader.take("one");
        leader.store.raiseTermAbove(1);
        changer = pair.changer(leader::term);
        fences = new GroupFences(changer, leader.store, NAME);
    }

    @AfterEach
    void close() throws Exception {
        changer.close();
        leader.close();
        pair.close();
    }

    @Test
    void anIntentIsOpenFromBeforeTheChangeUntilItIsCleared() throws Exception { // [32]
        assertThat(fences.hasIntent(GROUP)).isFalse();
        fences.openIntent(GROUP, "test");
        fences.openIntent(GROUP, "test again"); // a step that is run again
        assertThat(leader.store
                        .read(ZnodePaths.intent(NAME, GROUP.id()), GroupFences.Intent.class)
                        .orElseThrow()
                        .value())
                .isEqualTo(new GroupFences.Intent(1, "test again", leader.term()));
        fences.clearIntent(GROUP);
        fences.clearIntent(GROUP);
        assertThat(fences.hasIntent(GROUP)).isFalse();
    }

    @Test
    void aLeaderThatWasReplacedNeitherOpensNorClearsOne() throws Exception { // [32]
        try (TestLeader young = TestLeader.take("two");
                JdbcFenceChanger its = pair.changer(young::term)) {
            GroupFences itsFences = new GroupFences(its, young.store, NAME);
            assertThatThrownBy(() -> fences.openIntent(GROUP, "late")).isInstanceOf(LeadershipLost.class);
            assertThat(itsFences.hasIntent(GROUP)).isFalse();
            itsFences.openIntent(GROUP, "its own");
            assertThatThrownBy(() -> fences.clearIntent(GROUP)).isInstanceOf(LeadershipLost.class);
            assertThat(itsFences.hasIntent(GROUP)).isTrue();
            itsFences.clearIntent(GROUP);
        }
    }

    @Test
    void onlyAStampMakesAFenceTheServersThatAnswers() throws Exception { // [19]
        pair.source.execute("UPDATE _shardshift_fence SET server_uuid = 'old'");
        Fence taken = fences.taken(GROUP, SOURCE, soon());
        assertThat(taken.serverUuid()).isEqualTo("old");
        assertThat(fences.bring(taken, SOURCE, Role.OWNER_MIRRORING, soon()).serverUuid())
                .isEqualTo("old");
        Fence stamped = fences.stamp(GROUP, SOURCE, soon());
        assertThat(stamped.serverUuid())
                .isEqualTo(pair.source.rows("SELECT @@server_uuid").get(0).get(0));
        assertThat(stamped.role()).isEqualTo(Role.OWNER_MIRRORING);
        assertThat(stamped.step()).isEqualTo(4);
        assertThat(stamped.term()).isEqualTo(leader.term());
        try (JdbcFenceChanger old = pair.changer(() -> 1)) {
            assertThatThrownBy(() -> old.stamp(SOURCE, GROUP.id(), soon()))
                    .isInstanceOfSatisfying(
                            FenceException.class,
                            e -> assertThat(e.kind()).isEqualTo(FenceException.Kind.ANOTHER_LEADER));
        }
    }

    @Test
    void aTakenFenceIsRewrittenEvenWhereItHasTheRole() throws Exception { // [1][32]
        Fence taken = fences.taken(GROUP, SOURCE, soon());
        assertThat(taken.term()).isEqualTo(leader.term());
        assertThat(taken.step()).isEqualTo(2);
        assertThat(fences.bring(GROUP, SOURCE, Role.OWNER, soon()).step()).isEqualTo(3);
        assertThat(fences.bring(taken, SOURCE, Role.OWNER, soon())).isEqualTo(taken); // taken: no change is needed
        assertThat(fences.bring(GROUP, TARGET, Role.MIRROR, soon()).role()).isEqualTo(Role.MIRROR);
        assertThat(pair.role(TARGET)).isEqualTo(Role.MIRROR);
    }
}
