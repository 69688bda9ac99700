package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import java.time.Duration;
import java.util.List;

/**
 * The way round a target that fails while agents mirror to it (protocol, step 5): the owners alone, until it answers; then
 * mirroring again, with nothing copied again. B stays MIRROR all the while, so the stream brings it what it misses. One
 * thread.
 */
final class StepBack {
    private static final Duration FENCE = Duration.ofSeconds(15);
    private static final Duration PROBE = Duration.ofSeconds(2);
    private static final Duration CATCH_UP = Duration.ofSeconds(60);

    private final MigrationContext context;
    private final Handoff.Routes routes;

    StepBack(MigrationContext context, Handoff.Routes routes) {
        this.context = context;
        this.routes = routes;
    }

    /** The group's fence at its source, which is OWNER now. */
    @FunctionalInterface
    interface Owned {
        void alone(Group group) throws FenceException;
    }

    /**
     * Call it once every agent reads at the sources. Writers are held meanwhile: they cannot commit anyway, and each that
     * waits for B holds A's fence until its deadline, one after another for ever. B's fence is not touched: it is not asked
     * anything [24].
     *
     * @param groups those that the sources own
     * @param owned called for each group before its writers are let go
     */
    void toOwnersAlone(List<Group> groups, Owned owned) throws FenceException, CoordinationException, LeadershipLost {
        for (Group group : groups) {
            context.fences().changer().hold(group.source(), group.id(), FENCE.toMillis(), deadline(FENCE));
        }
        for (Group group : groups) {
            context.fences().openIntent(group, "step back");
            context.fences().bring(group, group.source(), Role.OWNER, deadline(FENCE));
            owned.alone(group);
            context.fences().changer().hold(group.source(), group.id(), 0, deadline(FENCE));
            routes.publish(List.of(route(group, false)));
            context.fences().clearIntent(group);
        }
    }

    /** Returns when each target takes writes again and has been brought what it missed. */
    void awaitTargets(ShardWork.Stop stop) throws ProblemException, InterruptedException {
        for (ShardName target : context.migration().targets()) {
            context.streams().beat(target, deadline(PROBE));
        }
        for (ShardName shard : context.shards()) {
            if (!context.streams().awaitHeartbeat(shard, stop, deadline(CATCH_UP)) && !stop.isAsked()) {
                throw new ProblemException(Problem.of(
                                ErrorCode.STREAM_NOT_CAUGHT_UP,
                                "The targets answer again; the stream of {} has not brought them all they missed within {} s."
                                        + " Writes go to the sources alone meanwhile.",
                                shard,
                                CATCH_UP.toSeconds())
                        .remedy("look at streams in status; it goes on by itself"));
            }
        }
    }

    /** A to OWNER_MIRRORING, then routes; what follows waits until the streams have passed it [35]. */
    void mirrorAgain() throws FenceException, CoordinationException, LeadershipLost, ProblemException {
        for (Group group : context.migration().groups()) {
            context.fences().openIntent(group, "mirror again");
            Fence target = context.fences().taken(group, group.target(), deadline(FENCE));
            if (target.role() != Role.MIRROR) {
                throw new ProblemException(Problem.of(
                                ErrorCode.FENCE_CHANGED_BY_ANOTHER,
                                "Slots {} cannot be mirrored again: their fence on {} is {}, not MIRROR.",
                                group.slots(),
                                group.target(),
                                target.role())
                        .remedy("roll back: writes go to {} alone, as they do now", group.source()));
            }
            context.fences().bring(group, group.source(), Role.OWNER_MIRRORING, deadline(FENCE));
            routes.publish(List.of(route(group, true)));
            context.fences().clearIntent(group);
        }
    }

    private static Route route(Group group, boolean mirrored) {
        return new Route(group, group.source(), group.target(), mirrored, group.source(), null);
    }

    private Deadline deadline(Duration duration) {
        return context.timing().deadlineIn(duration);
    }
}
