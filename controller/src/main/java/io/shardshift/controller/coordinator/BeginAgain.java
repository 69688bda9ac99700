package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The way on when another server answers for a shard, or one lost commits, while the sources own every group [19]: first the
 * sources alone, so that writers go on; then all is as after PREPARE, and MIRRORING gives each group a new attempt, so that
 * nothing counts that was copied or verified before. No lost commit matters then: what the sources have is the truth, and
 * the targets are emptied. One thread.
 */
final class BeginAgain {
    private static final Duration SHARD = Duration.ofSeconds(15);
    /** A stream whose server is gone was seen to take 12 s to let go of it. */
    private static final Duration STREAM = Duration.ofSeconds(30);

    private final MigrationContext context;
    private final StepBack stepBack;

    BeginAgain(MigrationContext context, StepBack stepBack) {
        this.context = context;
        this.stepBack = stepBack;
    }

    /** The routes of these groups as they are published, but with every read at the source. */
    List<Route> readsAtSources(List<Group> groups) throws CoordinationException {
        Set<GroupId> mirrored = new HashSet<>();
        for (Route route : context.routes().current().routes()) {
            if (route.mirrored()) {
                mirrored.add(route.group().id());
            }
        }
        List<Route> routes = new ArrayList<>();
        for (Group group : groups) {
            routes.add(new Route(
                    group, group.source(), group.target(), mirrored.contains(group.id()), group.source(), null));
        }
        return routes;
    }

    /** Call it once every agent reads at the sources. The targets are not asked anything. */
    void sourcesAlone(List<Group> groups) throws FenceException, CoordinationException, LeadershipLost {
        for (Group group : groups) {
            insertIfLost(group, group.source(), group.target(), Role.OWNER);
        }
        stepBack.toOwnersAlone(
                groups, group -> context.fences().stamp(group, group.source(), deadline(SHARD))); // [19] writers go on
    }

    /** Every shard must answer. What streams had read and not done is given up: no row of a target counts here. */
    void begin() throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        context.work().prepareShards(deadline(SHARD)); // a target may have come back with nothing
        for (Group group : context.migration().groups()) {
            context.fences().openIntent(group, "begin again");
            insertIfLost(group, group.target(), group.source(), Role.VACANT);
            Fence target = context.fences().stamp(group, group.target(), deadline(SHARD));
            context.fences().bring(target, group.target(), Role.VACANT, deadline(SHARD));
            context.fences().clearIntent(group);
        }
        for (ShardName shard : context.shards()) {
            context.streams()
                    .beginAnew(shard, deadline(STREAM)); // MIRRORING changes each fence: the roles come from there [2]
        }
        context.streams().start(context.shards(), deadline(STREAM));
        context.work().rememberServers();
    }

    private void insertIfLost(Group group, ShardName shard, ShardName peer, Role role) throws FenceException {
        context.fences().changer().insert(shard, new Fence(group.id(), role, peer, "", 0, 0), deadline(SHARD));
    }

    private Deadline deadline(Duration duration) {
        return context.timing().deadlineIn(duration);
    }
}
