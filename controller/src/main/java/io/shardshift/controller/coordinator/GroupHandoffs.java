package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.migration.HandoffStage;
import io.shardshift.controller.migration.HandoffState;
import io.shardshift.controller.migration.HandoffStateMachine;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The hand-offs of a migration, group after group, forward and back; each goes on from its stored stage. One thread; figures for any. */
final class GroupHandoffs {
    /** Told of hand-offs as they run. */
    interface Listener {
        /** Before the stage is recorded. */
        void stageBegins(HandoffState state);

        /** How long writers were held by the hand-off that has just ended, either way. */
        void writersWereHeld(Duration pause);
    }

    private final MigrationContext context;
    private final ShardWork.Stop stop;
    private final Listener listener;
    private final Handoff.Routes routes;
    private final HandoffReadiness readiness;
    private volatile @Nullable Long longestPauseMillis;
    private volatile @Nullable Set<GroupId> atTargets;

    GroupHandoffs(MigrationContext context, ShardWork.Stop stop, Listener listener, Handoff.Routes routes) {
        this.context = context;
        this.stop = stop;
        this.listener = listener;
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

    /** Groups that are known to be owned by their targets; null until this leader has read it. */
    @Nullable
    Set<GroupId> atTargets() {
        return atTargets;
    }

    /** Reads how far the leaders before this one came: for status, which is asked at gates too. */
    void recall() throws CoordinationException {
        Set<GroupId> found = new HashSet<>();
        for (Group group : context.migration().groups()) {
            HandoffState state = storedHandoff(group);
            if (state != null && isAtTarget(state, group)) {
                found.add(group.id());
            }
        }
        atTargets = Set.copyOf(found);
    }

    /** Whether the target is known to own the group: between CLOSE and the end of a hand-off nobody is, either way. */
    static boolean isAtTarget(HandoffState state, Group group) {
        return isForward(state, group)
                ? state.stage() == HandoffStage.DONE
                : state.stage() == HandoffStage.HOLD || state.stage() == HandoffStage.TAKEN_BACK;
    }

    private void show(Group group, HandoffState state) {
        Set<GroupId> before = atTargets;
        Set<GroupId> now = new HashSet<>(before == null ? Set.of() : before);
        if (isAtTarget(state, group)) {
            now.add(group.id());
        } else {
            now.remove(group.id());
        }
        atTargets = Set.copyOf(now);
    }

    private String handoffNode(Group group) {
        return ZnodePaths.migration(context.migration().plan().name()) + "/handoff-"
                + group.id().number();
    }

    /**
     * Ends what another leader left half done, this way or that. To be called before anything that may take its time or bar
     * the way: that group's writers stand still.
     */
    void endUnderWay()
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        for (Group group : context.migration().groups()) {
            HandoffState state = storedHandoff(group);
            if (state != null && !state.isOver()) {
                finish(group, state);
            }
        }
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
                readiness.require(group, group.source(), group.target(), false);
                state = Handoff.begin(group, group.source(), group.target(), false, true);
            }
            finish(group, state);
        }
    }

    /** Runs it to its end, where it is not there yet. */
    private void finish(Group group, HandoffState from)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        show(group, from);
        if (from.stage() == HandoffStage.DONE) {
            return;
        }
        Handoff handoff = new Handoff(
                group,
                context.fences(),
                context.streams(),
                routes,
                state -> {
                    listener.stageBegins(state);
                    context.store().put(handoffNode(group), state);
                    show(group, state);
                },
                context.holders(),
                context.migration().plan().handoff(),
                context.timing());
        HandoffState end;
        try {
            end = handoff.run(from);
        } finally {
            note(handoff.pause());
        }
        if (end.stage() == HandoffStage.TAKEN_BACK) {
            Problem why = end.problem();
            throw new HandoffTakenBack(
                    why != null
                            ? why
                            : Problem.of(ErrorCode.HANDOFF_TAKEN_BACK, "Slots {} were taken back.", group.slots()));
        }
    }

    private void note(@Nullable Duration pause) {
        if (pause != null) {
            listener.writersWereHeld(pause);
            Long longest = longestPauseMillis;
            longestPauseMillis = longest == null ? pause.toMillis() : Long.valueOf(Math.max(longest, pause.toMillis()));
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
            if (isForward(state, group)) {
                try {
                    finish(group, state); // one that was under way ends first, this way or that
                } catch (HandoffTakenBack e) {
                    continue; // it is at A
                }
                state = null; // it is at B
            }
            if (state == null || state.stage() == HandoffStage.TAKEN_BACK) {
                readiness.require(group, group.target(), group.source(), true);
                state = Handoff.begin(group, group.target(), group.source(), true, false);
            }
            finish(group, state);
        }
    }

    /**
     * Ends what is under way, backwards where it can, so that no stream is waited for; answers whether the target owns the
     * group.
     */
    boolean rests(Group group, Problem why)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        HandoffState state = storedHandoff(group);
        if (state == null) {
            return false;
        }
        boolean done = state.stage() == HandoffStage.DONE;
        if (!state.isOver()) {
            try {
                finish(group, new HandoffStateMachine().stageFailed(state, why));
                done = true;
            } catch (HandoffTakenBack e) {
                done = false;
            }
        }
        return isForward(state, group) == done;
    }

    private static boolean isForward(HandoffState state, Group group) {
        return state.from().equals(group.source());
    }
}
