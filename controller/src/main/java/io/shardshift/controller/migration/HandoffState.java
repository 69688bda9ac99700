package io.shardshift.controller.migration;

import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.ShardName;
import org.jspecify.annotations.Nullable;

/**
 * A hand-off under way.
 *
 * @param movesReads whether the group's reads are not yet at {@code to}: going back
 * @param mirroredBefore the role that {@code from} had was OWNER_MIRRORING, not OWNER
 * @param problem why it is being taken back
 */
public record HandoffState(
        GroupId group,
        ShardName from,
        ShardName to,
        boolean movesReads,
        boolean mirroredBefore,
        HandoffStage stage,
        @Nullable Problem problem) {
    public HandoffState at(HandoffStage next) {
        return new HandoffState(group, from, to, movesReads, mirroredBefore, next, problem);
    }

    HandoffState takingBack(HandoffStage next, Problem why) {
        return new HandoffState(group, from, to, movesReads, mirroredBefore, next, why);
    }

    public boolean isOver() {
        return stage == HandoffStage.DONE || stage == HandoffStage.TAKEN_BACK;
    }
}
