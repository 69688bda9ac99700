package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.migration.HandoffStage;
import io.shardshift.controller.migration.HandoffState;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The hand-offs of a migration, group after group, forward and back; each goes on from its stored stage. One thread; figures for any. */
final class GroupHandoffs {
    private final MigrationContext context;
    private final ShardWork.Stop stop;
    private final Consumer<HandoffState> onHandoff;
    private final Handoff.Routes routes;
    private final HandoffReadiness readiness;
    private volatile @Nullable Long longestPauseMillis;
    private volatile int handedOver;

    /** @param onHandoff told each stage before it is recorded */
    GroupHandoffs(
            MigrationContext context, ShardWork.Stop stop, Consumer<HandoffState> onHandoff, Handoff.Routes routes) {
        this.context = context;
        this.stop = stop;
        this.onHandoff = onHandoff;
        this.routes = routes;
        this.readiness = new HandoffReadiness(context);
    }

    /** The last prediction, in milliseconds; null before the first. */
    @Nullable
    Long expectedPauseMillis() {
        return readiness.expectedPauseMillis();
    }

    /** Longest time that a hand-off of this leader's held writers; null before the first. */
    @Nullable
    Long longestPauseMillis() {
        return longestPauseMillis;
    }

    /** Groups owned by their targets. */
    int handedOver() {
        return handedOver;
    }

    private String handoffNode(Group group) {
        return ZnodePaths.migration(context.migration().plan().name()) + "/handoff-"
                + group.id().number();
    }

    /** Hands the groups over, one by one; one that is handed over stays so. */
    void handOver(List<Group> groups)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        for (Group group : groups) {
            if (stop.isAsked()) {
                return;
            }
            HandoffState state = storedHandoff(group);
            if (state == null || state.stage() == HandoffStage.TAKEN_BACK) {
                readiness.require(group, group.source(), group.target());
                state = Handoff.begin(group, group.source(), group.target(), false, true);
            }
            if (state.stage() != HandoffStage.DONE) {
                finish(group, state);
            }
            handedOver = Math.max(handedOver, group.id().number() + 1);
        }
    }

    private void finish(Group group, HandoffState from)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        Handoff handoff = new Handoff(
                group,
                context.fences(),
                context.streams(),
                routes,
                state -> {
                    onHandoff.accept(state);
                    context.store().put(handoffNode(group), state);
                },
                context.holders(),
                context.migration().plan().handoff(),
                context.timing());
        HandoffState end = handoff.run(from);
        Long pause = handoff.pauseMillis();
        Long longest = longestPauseMillis;
        if (pause != null) {
            longestPauseMillis = longest == null ? pause : Long.valueOf(Math.max(longest, pause));
        }
        if (end.stage() == HandoffStage.TAKEN_BACK) {
            Problem why = end.problem();
            throw new HandoffTakenBack(
                    why != null
                            ? why
                            : Problem.of(ErrorCode.HANDOFF_TAKEN_BACK, "Slots {} were taken back.", group.slots()));
        }
    }

    private @Nullable HandoffState storedHandoff(Group group) throws CoordinationException {
        return context.store()
                .read(handoffNode(group), HandoffState.class)
                .map(LeaderStore.Stored::value)
                .orElse(null);
    }

    /** Groups whose owner is B go back by a hand-off: A may be behind only by the stream. */
    void handBack()
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        List<Group> groups = new ArrayList<>(context.migration().groups());
        Collections.reverse(groups);
        for (Group group : groups) {
            HandoffState state = storedHandoff(group);
            if (state == null || (isForward(state, group) && state.stage() == HandoffStage.TAKEN_BACK)) {
                continue; // never left A
            }
            if (isForward(state, group) && state.stage() != HandoffStage.DONE) {
                try {
                    finish(group, state); // one that was under way ends first, this way or that
                } catch (HandoffTakenBack e) {
                    continue; // it is at A
                }
                state = storedHandoff(group);
            }
            if (state != null && isForward(state, group) && state.stage() == HandoffStage.DONE) {
                readiness.require(group, group.target(), group.source());
                state = Handoff.begin(group, group.target(), group.source(), true, false);
            }
            if (state != null && state.stage() == HandoffStage.TAKEN_BACK) {
                readiness.require(group, group.target(), group.source());
                state = Handoff.begin(group, group.target(), group.source(), true, false);
            }
            if (state != null && state.stage() != HandoffStage.DONE) {
                finish(group, state);
            }
            handedOver = group.id().number();
        }
    }

    private static boolean isForward(HandoffState state, Group group) {
        return state.from().equals(group.source());
    }
}
