package io.shardshift.controller.coordinator;

import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one hand-off, stage by stage, each recorded before its work begins. Entered again by a new leader, it goes on from
 * the fences as it finds them: every stage's work is idempotent. One thread.
 */
final class Handoff {
    /** Rest of the way once the new owner is open, and every stage of a take-back: tried again until this has passed. */
    private static final Duration FORWARD = Duration.ofSeconds(30);

    /** Taking both fences before writers are held. */
    private static final Duration AHEAD = Duration.ofSeconds(5);

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

    /** The transactions that keep a fence from being changed. */
    interface Holders {
        /** Names them: host, process, connection, statement; null where none is seen. */
        @Nullable
        String name(ShardName shard, GroupId group);

        /** Ends those that may be ended; whether there was one. */
        boolean kill(ShardName shard, GroupId group);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Handoff.class);

    private final HandoffStateMachine machine = new HandoffStateMachine();
    private final Group group;
    private final GroupFences fences;
    private final Streams streams;
    private final Routes routes;
    private final Record record;
    private final Holders holders;
    private final HandoffSpec spec;
    private final Timing timing;
    /** Both fences as this leader's last answered change left them; null: not taken in this run. */
    private @Nullable Fence source;

    private @Nullable Fence target;
    private @Nullable Long heldSince;
    private @Nullable Duration pause;

    Handoff(
            Group group,
            GroupFences fences,
            Streams streams,
            Routes routes,
            Record record,
            Holders holders,
            HandoffSpec spec,
            Timing timing) {
        this.group = group;
        this.fences = fences;
        this.streams = streams;
        this.routes = routes;
        this.record = record;
        this.holders = holders;
        this.spec = spec;
        this.timing = timing;
    }

    /** How long the last run held writers: from the hold until an owner was open. Null: it held none. */
    @Nullable
    Duration pause() {
        return pause;
    }

    /** Runs to DONE or TAKEN_BACK; throws when it cannot get to either, and is then to be run again from what is stored. */
    HandoffState run(HandoffState from)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        fences.openIntent(group, "hand-off to " + from.to());
        HandoffState state = from;
        if (takesBothFirst(state.stage())) { // [21] and all that can be done before writers are held
            Deadline soon = timing.deadlineIn(AHEAD);
            source = fences.taken(group, from.from(), soon);
            target = fences.taken(group, from.to(), soon);
        }
        Deadline deadline = timing.deadlineIn(spec.deadline());
        Deadline forward = timing.deadlineIn(FORWARD);
        boolean killed = false;
        List<String> took = new ArrayList<>();
        while (!state.isOver()) {
            HandoffStage stage = state.stage();
            long begun = timing.nanoTime();
            record.store(state);
            try {
                if (work(state, isForward(state) ? forward : deadline)) {
                    state = done(state);
                } else {
                    state = failed(state, deadlinePassed(state));
                }
            } catch (FenceException e) {
                if (e.kind() == FenceException.Kind.ANOTHER_LEADER) {
                    throw e;
                }
                String who = e.kind() == FenceException.Kind.HELD ? holders.name(e.shard(), group.id()) : null;
                if (!killed && mayKill(state, e) && holders.kill(e.shard(), group.id())) {
                    killed = true;
                    deadline = timing.deadlineIn(spec.deadline()); // once more, now that it is gone
                    if (state.stage() == HandoffStage.CLOSE) {
                        state = state.at(HandoffStage.HOLD); // the hold has ended by itself meanwhile
                    }
                    continue;
                }
                state = failedOrThrow(state, e, notChanged(state, e, who));
            } catch (ProblemException e) {
                state = failedOrThrow(state, e, e.problem());
            }
            took.add(stage + " " + (timing.nanoTime() - begun) / 1_000_000);
        }
        record.store(state);
        fences.clearIntent(group);
        LOG.info("{} from {} to {}: {}; ms by stage: {}", group.id(), from.from(), from.to(), state.stage(), took);
        return state;
    }

    /** From OPEN's end on, and once "from" is open again, no fence is concluded from, and one that is away bars nothing. */
    private static boolean takesBothFirst(HandoffStage stage) {
        return switch (stage) {
            case HOLD, CLOSE, DRAIN, PUBLISH_READS, OPEN, RESTORE_READS, REWRITE, REOPEN -> true;
            case MIRROR_BACK, PUBLISH_ROUTES, DONE, RESTORE_ROUTES, TAKEN_BACK -> false;
        };
    }

    private boolean mayKill(HandoffState state, FenceException e) {
        return spec.onLongTransaction() == HandoffSpec.OnLongTransaction.KILL
                && e.kind() == FenceException.Kind.HELD
                && (state.stage() == HandoffStage.CLOSE || state.stage() == HandoffStage.OPEN);
    }

    private HandoffState done(HandoffState state) {
        boolean opens = state.stage() == HandoffStage.OPEN || state.stage() == HandoffStage.REOPEN;
        Long since = heldSince;
        if (opens && since != null) {
            pause = Duration.ofNanos(timing.nanoTime() - since);
        }
        Fence found = target;
        boolean wasOpen = state.stage() == HandoffStage.REWRITE && found != null && found.role() == Role.OWNER;
        return wasOpen ? machine.foundOpen(state) : machine.stageDone(state);
    }

    private Problem notChanged(HandoffState state, FenceException e, @Nullable String who) {
        boolean held = e.kind() == FenceException.Kind.HELD;
        Problem problem = Problem.of(
                held ? ErrorCode.HANDOFF_HELD_BY_TRANSACTION : ErrorCode.SHARD_UNREACHABLE,
                "Slots {} of {} stay on {}: {} (stage {}). No row has moved.",
                group.slots(),
                group.id().migration(),
                state.from(),
                String.valueOf(e.getMessage()),
                state.stage());
        if (!held) {
            return problem.remedy("make {} answer; the next try comes by itself", e.shard());
        }
        return (who == null ? problem : problem.because("{}", who))
                .remedy("end that transaction, or plan handoff.onLongTransaction: kill; the next try comes by itself");
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

    private boolean work(HandoffState state, Deadline deadline)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        ShardName from = state.from();
        ShardName to = state.to();
        switch (state.stage()) {
            case HOLD -> {
                heldSince = timing.nanoTime();
                fences.changer().hold(from, group.id(), spec.deadline().toMillis(), deadline); // [23]
            }
            case CLOSE -> close(from, deadline);
            case DRAIN -> {
                Fence marker = known(source, from, deadline); // a new leader's own CLOSED event is the marker [3]
                source = marker;
                return marker.role() == Role.CLOSED && streams.awaitPassed(from, marker, () -> false, deadline);
            }
            case PUBLISH_READS -> routes.publishAndAwait(List.of(closedRoute(state, to)), deadline); // [30]
            case OPEN -> {
                Fence open = known(target, to, deadline);
                target = null; // until the change is answered nothing is known of it [1]
                Fence closed = known(source, from, deadline); // after B was taken [32]
                if (closed.role() != Role.CLOSED && closed.role() != Role.MIRROR) {
                    return false;
                }
                source = closed;
                target = fences.bring(open, to, Role.OWNER, deadline);
            }
            case MIRROR_BACK -> mirrorBack(from, to, deadline);
            case PUBLISH_ROUTES -> publishNewOwner(from, to);
            case RESTORE_READS -> routes.publishAndAwait(List.of(closedRoute(state, from)), deadline);
            case REWRITE -> target = fences.taken(group, to, deadline); // [1] no late OWNER can follow
            case REOPEN -> {
                // Taken only if nothing is known of it [1]: after HELD it is as it was, and taking it would queue
                // behind the
                // very transaction that this take-back is for.
                source = fences.bring(
                        known(source, from, deadline),
                        from,
                        state.mirroredBefore() ? Role.OWNER_MIRRORING : Role.OWNER,
                        deadline);
                fences.changer().hold(from, group.id(), 0, deadline);
            }
            case RESTORE_ROUTES ->
                routes.publish(List.of(
                        new Route(group, from, to, state.mirroredBefore(), state.movesReads() ? from : to, null)));
            case DONE, TAKEN_BACK -> {}
        }
        return true;
    }

    private void mirrorBack(ShardName from, ShardName to, Deadline deadline)
            throws FenceException, CoordinationException, LeadershipLost {
        try {
            source = fences.bring(known(source, from, deadline), from, Role.MIRROR, deadline);
            fences.changer().hold(from, group.id(), 0, deadline);
        } catch (FenceException e) {
            source = null;
            publishNewOwner(from, to); // who cannot ask "from" for its peer is told by the routes
            throw e;
        }
    }

    private void publishNewOwner(ShardName from, ShardName to) throws CoordinationException, LeadershipLost {
        routes.publish(List.of(new Route(group, to, from, false, to, null)));
    }

    private void close(ShardName from, Deadline deadline) throws FenceException {
        Fence open = known(source, from, deadline);
        source = null; // until the change is answered nothing is known of it [1]
        try {
            source = fences.bring(open, from, Role.CLOSED, deadline);
        } catch (FenceException e) {
            if (e.kind() == FenceException.Kind.HELD) {
                source = open; // nothing has changed
            }
            throw e;
        }
    }

    /**
     * The fence as this run knows it, or taken now. What is known was answered to this leader, and whoever leads next stamps
     * its term before it changes anything, so that a change of ours by the known step would match no row [21].
     */
    private Fence known(@Nullable Fence fence, ShardName shard, Deadline deadline) throws FenceException {
        return fence != null ? fence : fences.taken(group, shard, deadline);
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
