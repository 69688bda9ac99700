package io.shardshift.controller.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.controller.migration.HandoffStage;
import io.shardshift.controller.migration.HandoffState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which groups {@code slots.moved} of the status counts. */
class SlotsMovedTest {
    private static final ShardName OLD = new ShardName("shop-0");
    private static final ShardName NEW = new ShardName("shop-1");
    private static final Group GROUP = new Group(new GroupId(new MigrationId("m-1"), 0), SlotRanges.of(0, 7), OLD, NEW);

    private static boolean isAtTarget(ShardName from, ShardName to, HandoffStage stage) {
        return GroupHandoffs.isAtTarget(new HandoffState(GROUP.id(), from, to, false, true, stage, null), GROUP);
    }

    @ParameterizedTest
    @EnumSource
    void aGroupHasMovedOnceItsHandOffIsDone(HandoffStage stage) {
        assertThat(isAtTarget(OLD, NEW, stage)).isEqualTo(stage == HandoffStage.DONE);
    }

    @ParameterizedTest
    @EnumSource
    void oneThatIsBeingHandedBackDoesNotCountOnceItsTargetMayHaveGivenItUp(HandoffStage stage) {
        assertThat(isAtTarget(NEW, OLD, stage))
                .isEqualTo(stage == HandoffStage.HOLD || stage == HandoffStage.TAKEN_BACK);
    }
}
