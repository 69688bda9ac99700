package io.shardshift.controller.coordinator;

import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.fence.GroupFences;
import io.shardshift.controller.migration.HandoffStage;
import io.shardshift.controller.migration.HandoffState;
import io.shardshift.controller.migration.HandoffStateMachine;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs one hand-off, stage by stage, each recorded before its work begins. Entered again by a new leader, it goes on from
 * the fences as it finds them: every stage's work is idempotent. One thread.
 */
final class Handoff {
    /** Rest of the way once the new owner is open, and every stage of a take-back: tried again until this has passed. */
    private static final Duration FORWARD = Duration.ofSeconds(30);

    /** Stores the state by compare-and-set before the stage's work. */
    @FunctionalInterface
    interface Record {
        void store(HandoffState state) throws CoordinationException, LeadershipLost;
    }

    /** What publishes routes and waits for acknowledgements. */
    interface Routes {
        void publish(List<Route> changed) throws CoordinationException, LeadershipLost;

        void publishAndAwait(List<Route> changed, Deadline deadline)
                throws CoordinationException, LeadershipLost, ProblemException, InterruptedException;
    }

    private final HandoffStateMachine machine = new HandoffStateMachine();
    private final Group group;
    private final GroupFences fences;
    private final Streams streams;
    private final Routes routes;
    private final Record record;
    private final HandoffSpec spec;
    private final Timing timing;
    private @Nullable Fence closed;
    private @Nullable Fence found;
    private long heldNanos;

    Handoff(
            Group group,
            GroupFences fences,
            Streams streams,
            Routes routes,
            Record record,
            HandoffSpec spec,
            Timing timing) {
        this.group = group;
        this.fences = fences;
        this.streams = streams;
        this.routes = routes;
        this.record = record;
        this.spec = spec;
        this.timing = timing;
    }

    /** Longest time writers were held by the last run, in milliseconds. */
    long pauseMillis() {
        return heldNanos / 1_000_000;
    }

    /** Runs to DONE or TAKEN_BACK; throws when it cannot get to either, and is then to be run again from what is stored. */
    HandoffState run(HandoffState from)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        fences.openIntent(group, "hand-off to " + from.to());
        HandoffState state = from;
        long begun = timing.nanoTime();
        Deadline deadline = timing.deadlineIn(spec.deadline());
        Deadline forward = timing.deadlineIn(FORWARD);
        while (!state.isOver()) {
            record.store(state);
            try {
                if (work(state, isForward(state) ? forward : deadline, forward)) {
                    Fence target = found;
                    boolean open =
                            state.stage() == HandoffStage.REWRITE && target != null && target.role() == Role.OWNER;
                    state = open ? machine.foundOpen(state) : machine.stageDone(state);
                } else {
                    state = failed(state, deadlinePassed(state));
                }
            } catch (FenceException e) {
                if (e.kind() == FenceException.Kind.ANOTHER_LEADER) {
                    throw e;
                }
                state = failedOrThrow(
                        state,
                        e,
                        Problem.of(
                                        ErrorCode.FENCE_HELD_BY_TRANSACTION,
                                        "Slots {} stay on {}: {}. Nothing has changed.",
                                        group.slots(),
                                        state.from(),
                                        String.valueOf(e.getMessage()))
                                .remedy("end the transaction that holds the fence; the next try comes by itself"));
            } catch (ProblemException e) {
                state = failedOrThrow(state, e, e.problem());
            }
        }
        heldNanos = timing.nanoTime() - begun;
        record.store(state);
        fences.clearIntent(group);
        return state;
    }

    private HandoffState failed(HandoffState state, Problem why) {
        return machine.stageFailed(state, why);
    }

    private <E extends Exception> HandoffState failedOrThrow(HandoffState state, E cause, Problem why) throws E {
        HandoffState next = failed(state, why);
        if (next.equals(state)) {
            throw cause; // the way is forward: again from here
        }
        return next;
    }

    private static boolean isForward(HandoffState state) {
        return switch (state.stage()) {
            case HOLD, CLOSE, DRAIN, PUBLISH_READS, OPEN -> false;
            case MIRROR_BACK, PUBLISH_ROUTES, DONE, RESTORE_READS, REWRITE, REOPEN, RESTORE_ROUTES, TAKEN_BACK -> true;
        };
    }

    private boolean work(HandoffState state, Deadline deadline, Deadline forward)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        ShardName from = state.from();
        ShardName to = state.to();
        switch (state.stage()) {
            case HOLD -> fences.changer().hold(from, group.id(), spec.deadline().toMillis(), deadline); // [23]
            case CLOSE -> closed = fences.bring(group, from, Role.CLOSED, deadline);
            case DRAIN -> {
                Fence marker = closed;
                if (marker == null) { // a new leader: this leader's own CLOSED event is the marker [3]
                    marker = fences.taken(group, from, deadline);
                    if (marker.role() != Role.CLOSED) {
                        return false;
                    }
                    closed = marker;
                }
                return streams.awaitPassed(from, marker, deadline);
            }
            case PUBLISH_READS -> routes.publishAndAwait(List.of(closedRoute(state, to)), forward); // [30]
            case OPEN -> {
                Fence source = fences.taken(group, from, deadline);
                if (source.role() != Role.CLOSED && source.role() != Role.MIRROR) {
                    return false;
                }
                fences.bring(group, to, Role.OWNER, deadline);
            }
            case MIRROR_BACK -> {
                fences.bring(group, from, Role.MIRROR, deadline);
                fences.changer().hold(from, group.id(), 0, deadline);
            }
            case PUBLISH_ROUTES -> routes.publish(List.of(new Route(group, to, from, false, to, null)));
            case RESTORE_READS -> routes.publishAndAwait(List.of(closedRoute(state, from)), deadline);
            case REWRITE -> found = fences.taken(group, to, deadline); // [1] no late OWNER can follow
            case REOPEN -> {
                fences.bring(group, from, state.mirroredBefore() ? Role.OWNER_MIRRORING : Role.OWNER, deadline);
                fences.changer().hold(from, group.id(), 0, deadline);
            }
            case RESTORE_ROUTES ->
                routes.publish(List.of(
                        new Route(group, from, to, state.mirroredBefore(), state.movesReads() ? from : to, null)));
            case DONE, TAKEN_BACK -> {}
        }
        return true;
    }

    /** While nobody may write: the owner is still "from" for who looks, the reads go to {@code reads}. */
    private Route closedRoute(HandoffState state, ShardName reads) {
        return new Route(group, state.from(), state.to(), state.mirroredBefore(), reads, null);
    }

    private Problem deadlinePassed(HandoffState state) {
        return Problem.of(
                        ErrorCode.HANDOFF_NOT_DRAINED,
                        "Slots {} stay on {}: stage {} was not done within {} ms. Nothing has changed.",
                        group.slots(),
                        state.from(),
                        state.stage(),
                        spec.deadline().toMillis())
                .remedy("look at streams in status; the next try comes by itself");
    }

    /** The state in which a hand-off begins. */
    static HandoffState begin(Group group, ShardName from, ShardName to, boolean movesReads, boolean mirroredBefore) {
        return new HandoffState(group.id(), from, to, movesReads, mirroredBefore, HandoffStage.HOLD, null);
    }
}
