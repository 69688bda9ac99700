package io.shardshift.controller.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.ShardName;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every stage with every event. */
class HandoffStateMachineTest {
    private static final Problem WHY = Problem.of(ErrorCode.HANDOFF_NOT_DRAINED, "not in time");
    private static final Set<HandoffStage> MAY_FAIL = EnumSet.of(
            HandoffStage.HOLD, HandoffStage.CLOSE, HandoffStage.DRAIN, HandoffStage.PUBLISH_READS, HandoffStage.OPEN);

    private final HandoffStateMachine machine = new HandoffStateMachine();

    private static HandoffState at(HandoffStage stage, boolean movesReads) {
        return new HandoffState(
                new GroupId(new MigrationId("m"), 0),
                new ShardName("a"),
                new ShardName("b"),
                movesReads,
                true,
                stage,
                null);
    }

    @Test
    void goingForwardMovesNoReadsAndGoingBackMovesThemBeforeItOpens() { // [30]
        assertThat(machine.stageDone(at(HandoffStage.DRAIN, false)).stage()).isEqualTo(HandoffStage.OPEN);
        assertThat(machine.stageDone(at(HandoffStage.DRAIN, true)).stage()).isEqualTo(HandoffStage.PUBLISH_READS);
    }

    @ParameterizedTest
    @EnumSource(HandoffStage.class)
    void everyStageComesToAnEnd(HandoffStage stage) {
        HandoffState state = at(stage, true);
        for (int i = 0; i < HandoffStage.values().length; i++) {
            state = machine.stageDone(state);
        }
        assertThat(state.isOver()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(HandoffStage.class)
    void whatFailsBeforeTheNewOwnerIsOpenIsTakenBackAndRewrittenFirst(HandoffStage stage) { // [1]
        HandoffState failed = machine.stageFailed(at(stage, false), WHY);
        if (!MAY_FAIL.contains(stage)) {
            assertThat(failed.stage()).as("tried again").isEqualTo(stage);
            return;
        }
        assertThat(failed.problem()).isEqualTo(WHY);
        HandoffState state = failed;
        boolean rewritten = false;
        while (!state.isOver()) {
            rewritten |= state.stage() == HandoffStage.REWRITE;
            assertThat(state.stage() == HandoffStage.REOPEN && !rewritten)
                    .as("\"from\" opens only after \"to\" was rewritten")
                    .isFalse();
            state = machine.stageDone(state);
        }
        assertThat(state.stage()).isEqualTo(HandoffStage.TAKEN_BACK);
    }

    @Test
    void aTakeBackAfterTheReadsMovedRestoresThemFirst() { // [30]
        for (HandoffStage stage : EnumSet.of(HandoffStage.PUBLISH_READS, HandoffStage.OPEN)) {
            assertThat(machine.stageFailed(at(stage, true), WHY).stage()).isEqualTo(HandoffStage.RESTORE_READS);
        }
        assertThat(machine.stageDone(at(HandoffStage.RESTORE_READS, true)).stage())
                .isEqualTo(HandoffStage.REWRITE);
    }

    @ParameterizedTest
    @EnumSource(HandoffStage.class)
    void aLateOwnerThatIsFoundWhileRewritingMakesTheWayForward(HandoffStage stage) { // [1]
        HandoffStage next = machine.foundOpen(at(stage, false)).stage();
        assertThat(next).isEqualTo(stage == HandoffStage.REWRITE ? HandoffStage.MIRROR_BACK : stage);
    }
}
