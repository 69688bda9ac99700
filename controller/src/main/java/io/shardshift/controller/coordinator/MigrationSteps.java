package io.shardshift.controller.coordinator;

import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.check.Check;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.migration.Step;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work of each {@link Step}. A step goes by the fences as it finds them, never by what it remembers, so that it can be
 * run again after a crash or by another leader. One thread.
 */
final class MigrationSteps {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationSteps.class);
    private static final Duration SHARD_DEADLINE = Duration.ofSeconds(15);
    /** After this the step says whom it waits for, and goes on waiting in its next try. */
    private static final Duration ACKNOWLEDGE_DEADLINE = Duration.ofSeconds(3);

    private static final Duration CATCH_UP_DEADLINE = Duration.ofSeconds(60);

    private final MigrationContext context;
    private final ShardWork.Stop stop;
    private final GroupHandoffs handoffs;
    private final StepBack stepBack;
    private final BeginAgain beginAgain;
    private final ReplacedInHandoff replacedInHandoff;
    private final StoredAttempts attempts;

    MigrationSteps(MigrationContext context, ShardWork.Stop stop, GroupHandoffs.Listener listener) {
        this.context = context;
        this.stop = stop;
        this.handoffs = new GroupHandoffs(context, stop, listener, new PublishedRoutes());
        this.stepBack = new StepBack(context, new PublishedRoutes());
        this.beginAgain = new BeginAgain(context, stepBack);
        this.attempts = new StoredAttempts(context.store(), context.migration());
        this.replacedInHandoff =
                new ReplacedInHandoff(context, stop, handoffs, beginAgain, attempts, new PublishedRoutes());
    }

    GroupHandoffs handoffs() {
        return handoffs;
    }

    void run(Step step)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        if (step == Step.HANDOFF_CANARY || step == Step.HANDOFF_REST) {
            handoffs.endUnderWay();
        }
        if (looksAtShardsFirst(step)) {
            context.work().require(Check.Scope.RUNNING);
        }
        switch (step) {
            case PREFLIGHT -> preflight(context.work().check(Check.Scope.PREFLIGHT));
            case TARGET_TABLES -> context.work().prepareShards(deadline(SHARD_DEADLINE));
            case STREAMS -> context.streams().start(context.shards(), deadline(CATCH_UP_DEADLINE));
            case FENCES -> insertFences();
            case FENCED_ROUTES -> publishAndAwait(routes(false, Side.SOURCE, false));
            case OLD_FENCES -> closeOldFences();
            case MIRRORING -> startMirroring();
            case MIRRORING_PASSED -> awaitMirroringPassed();
            case POINT_READS -> publishAndAwait(routes(true, Side.SOURCE, true));
            case COPY -> context.work().copy(attempts.all(), context.streams(), stop);
            case CATCH_UP -> catchUp();
            case VERIFY -> context.work().verify(attempts.all(), stop);
            case AUTO_INCREMENT -> context.work().raiseAutoIncrement();
            case ALL_READS -> publishAndAwait(routes(true, Side.TARGET, false));
            case HANDOFF_CANARY ->
                handoffs.handOver(context.migration().groups().subList(0, 1));
            case HANDOFF_REST -> handoffs.handOver(context.migration().groups());
            case VACATE_SOURCES -> vacateSources();
            case FINAL_ROUTES -> end(finalSlotMap(), List.of());
            case STEP_BACK -> {
                publishAndAwait(routes(true, Side.SOURCE, false));
                stepBack.toOwnersAlone(context.migration().groups(), group -> {});
            }
            case AWAIT_TARGET -> stepBack.awaitTargets(stop);
            case MIRROR_AGAIN -> stepBack.mirrorAgain();
            case SOURCES_ALONE -> {
                publishAndAwait(beginAgain.readsAtSources(context.migration().groups()));
                beginAgain.sourcesAlone(context.migration().groups());
            }
            case BEGIN_AGAIN -> beginAgain.begin();
            case HAND_BACK -> {
                replacedInHandoff.mend();
                handoffs.handBack();
            }
            case READS_BACK -> publishAndAwait(routesOfOwners());
            case STOP_MIRRORING -> stopMirroring();
            case ROLLBACK_ROUTES, FAILED -> end(context.migration().from(), List.of());
            case COMPLETED, ROLLED_BACK -> {}
        }
    }

    /** A check that could not be run because ZooKeeper did not answer says nothing about the plan: it is run again. */
    private static void preflight(List<Finding> findings) throws ProblemException {
        for (Finding failed : CheckReport.failed(findings)) {
            Problem problem = failed.problem();
            if (problem != null && problem.code() == ErrorCode.STORE_UNREACHABLE) {
                throw new ProblemException(problem);
            }
        }
        CheckReport.require(findings, ErrorCode.PREFLIGHT_FAILED);
    }

    /** Steps that go further forward: not under settings or definitions that would lose something. The way back is never barred. */
    private static boolean looksAtShardsFirst(Step step) {
        return switch (step) {
            case MIRRORING,
                    MIRROR_AGAIN,
                    POINT_READS,
                    COPY,
                    VERIFY,
                    ALL_READS,
                    HANDOFF_CANARY,
                    HANDOFF_REST,
                    VACATE_SOURCES -> true;
            case PREFLIGHT,
                    TARGET_TABLES,
                    STREAMS,
                    FENCES,
                    FENCED_ROUTES,
                    OLD_FENCES,
                    MIRRORING_PASSED,
                    CATCH_UP,
                    AUTO_INCREMENT,
                    FINAL_ROUTES,
                    STEP_BACK,
                    AWAIT_TARGET,
                    SOURCES_ALONE,
                    BEGIN_AGAIN,
                    HAND_BACK,
                    READS_BACK,
                    STOP_MIRRORING,
                    ROLLBACK_ROUTES,
                    COMPLETED,
                    ROLLED_BACK,
                    FAILED -> false;
        };
    }

    private Deadline deadline(Duration duration) {
        return context.timing().deadlineIn(duration);
    }

    private MigrationPlan plan() {
        return context.migration().plan();
    }

    /** The owner's side of the groups that have not been handed over. */
    private enum Side {
        SOURCE,
        TARGET
    }

    private List<Route> routes(boolean mirrored, Side reads, boolean pointReadsFirst) {
        List<Route> routes = new ArrayList<>();
        for (Group group : context.migration().groups()) {
            routes.add(new Route(
                    group,
                    group.source(),
                    group.target(),
                    mirrored,
                    reads == Side.SOURCE ? group.source() : group.target(),
                    pointReadsFirst ? group.target() : null));
        }
        return routes;
    }

    private RouteTable publish(List<Route> routes) throws CoordinationException, LeadershipLost {
        return context.routes()
                .publishRoutes(context.migration().id(), plan().reads() == MigrationPlan.Reads.STRICT, routes);
    }

    private void publishAndAwait(List<Route> routes)
            throws CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        publishAndAwait(routes, deadline(ACKNOWLEDGE_DEADLINE));
    }

    private void publishAndAwait(List<Route> routes, Deadline deadline)
            throws CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        RouteTable published = publish(routes);
        context.routes().awaitAcknowledged(published.epoch(), context.expulsion(), deadline);
    }

    private void insertFences() throws FenceException, CoordinationException {
        raiseTermAboveFences();
        for (Group group : context.migration().groups()) {
            insert(group, group.source(), group.target(), Role.OWNER);
            insert(group, group.target(), group.source(), Role.VACANT);
        }
    }

    /** ZooKeeper's data may have been lost since these shards last saw a controller [25]. */
    private void raiseTermAboveFences() throws FenceException, CoordinationException {
        long largest = 0;
        for (ShardName shard : context.shards()) {
            for (Fence fence : context.fences().changer().readAll(shard, deadline(SHARD_DEADLINE))) {
                if (!fence.group().migration().equals(context.migration().id())) {
                    largest = Math.max(largest, fence.term());
                }
            }
        }
        context.store().raiseTermAbove(largest);
    }

    private void insert(Group group, ShardName shard, ShardName peer, Role role) throws FenceException {
        context.fences().changer().insert(shard, new Fence(group.id(), role, peer, "", 0, 0), deadline(SHARD_DEADLINE));
    }

    /** [37] A late purge of an earlier migration would delete our rows: its fence is closed first, which waits for it. */
    private void closeOldFences() throws FenceException {
        for (ShardName shard : context.shards()) {
            for (Fence fence : context.fences().changer().readAll(shard, deadline(SHARD_DEADLINE))) {
                boolean old =
                        !fence.group().migration().equals(context.migration().id());
                if (old
                        && fence.role()
                                != Role.CLOSED) { // a MIRROR is left by a rollback past a target that was away [24]
                    Fence taken = context.fences().changer().settle(shard, fence.group(), deadline(SHARD_DEADLINE));
                    context.fences().changer().change(shard, taken, Role.CLOSED, deadline(SHARD_DEADLINE));
                }
            }
        }
    }

    /** Group by group: B vacated and emptied under its fence, B MIRROR, A OWNER_MIRRORING, routes [34][24]. */
    private void startMirroring()
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        for (Group group : context.migration().groups()) {
            if (stop.isAsked()) {
                return;
            }
            boolean entered = context.fences().hasIntent(group);
            Fence source = context.fences().taken(group, group.source(), deadline(SHARD_DEADLINE));
            if (source.role() == Role.OWNER_MIRRORING && !entered) {
                continue;
            }
            context.fences().openIntent(group, "start mirroring");
            if (source.role() != Role.OWNER_MIRRORING) {
                Fence target = context.fences().taken(group, group.target(), deadline(SHARD_DEADLINE));
                Fence vacant = context.fences().bring(target, group.target(), Role.VACANT, deadline(SHARD_DEADLINE));
                attempts.record(group); // after VACANT with a new step: the other order loses a write [34]
                context.work().empty(group.target(), vacant, group.slots(), stop);
                context.fences().bring(vacant, group.target(), Role.MIRROR, deadline(SHARD_DEADLINE));
                source = context.fences().taken(group, group.source(), deadline(SHARD_DEADLINE)); // [32]
                context.fences().bring(source, group.source(), Role.OWNER_MIRRORING, deadline(SHARD_DEADLINE));
            }
            publish(List.of(new Route(group, group.source(), group.target(), true, group.source(), null)));
            context.fences().clearIntent(group);
        }
    }

    /** [35] until then the applier may still put on B a row that is older than one acknowledged on A alone. */
    private void awaitMirroringPassed() throws FenceException, ProblemException, InterruptedException {
        for (Group group : context.migration().groups()) {
            Fence source = context.fences().taken(group, group.source(), deadline(SHARD_DEADLINE));
            if (!context.streams().awaitPassed(group.source(), source, stop, deadline(CATCH_UP_DEADLINE))
                    && !stop.isAsked()) {
                throw new ProblemException(Problem.of(
                                ErrorCode.STREAM_NOT_CAUGHT_UP,
                                "The stream of {} has not passed the start of mirroring of slots {} within {} s. It goes"
                                        + " on by itself.",
                                group.source(),
                                group.slots(),
                                CATCH_UP_DEADLINE.toSeconds())
                        .remedy("look at streams in status"));
            }
        }
    }

    private void catchUp() throws ProblemException, InterruptedException {
        for (ShardName shard : context.shards()) {
            if (!context.streams().awaitHeartbeat(shard, stop, deadline(CATCH_UP_DEADLINE)) && !stop.isAsked()) {
                throw new ProblemException(Problem.of(
                                ErrorCode.STREAM_NOT_CAUGHT_UP,
                                "The stream of {} has not caught up within {} s. It goes on by itself.",
                                shard,
                                CATCH_UP_DEADLINE.toSeconds())
                        .remedy("look at streams in status: lag falls, or the target is too slow"));
            }
        }
    }

    private final class PublishedRoutes implements Handoff.Routes {
        @Override
        public void publish(List<Route> changed) throws CoordinationException, LeadershipLost {
            MigrationSteps.this.publish(changed);
        }

        @Override
        public void publishAndAwait(List<Route> changed, Deadline deadline)
                throws CoordinationException, LeadershipLost, ProblemException, InterruptedException {
            MigrationSteps.this.publishAndAwait(changed, deadline);
        }
    }

    private void vacateSources() throws FenceException, CoordinationException, LeadershipLost {
        for (Group group : context.migration().groups()) {
            context.fences().openIntent(group, "complete");
            context.fences().bring(group, group.source(), Role.VACANT, deadline(SHARD_DEADLINE));
        }
    }

    private SlotMap finalSlotMap() {
        return context.migration().from().with(plan().slotMap());
    }

    /** Reads at A, for every group by the role that its fence at A has. */
    private List<Route> routesOfOwners() throws FenceException {
        List<Route> routes = new ArrayList<>();
        for (Group group : context.migration().groups()) {
            Fence source = context.fences().taken(group, group.source(), deadline(SHARD_DEADLINE));
            routes.add(new Route(
                    group,
                    group.source(),
                    group.target(),
                    source.role() == Role.OWNER_MIRRORING,
                    group.source(),
                    null));
        }
        return routes;
    }

    private void stopMirroring() throws FenceException, CoordinationException, LeadershipLost, ProblemException {
        for (Group group : context.migration().groups()) {
            context.fences().openIntent(group, "stop mirroring");
            Fence source = context.fences().taken(group, group.source(), deadline(SHARD_DEADLINE));
            if (!source.role().owns()) { // else no other shard does: at no time do both
                throw new ProblemException(Problem.of(
                                ErrorCode.FENCE_CHANGED_BY_ANOTHER,
                                "Slots {} are not at {}: their fence there is {}. Nothing has changed.",
                                group.slots(),
                                group.source(),
                                source.role())
                        .remedy("look at the fences of both shards; nobody but a controller may change them"));
            }
            context.fences().bring(source, group.source(), Role.OWNER, deadline(SHARD_DEADLINE));
            publish(List.of(new Route(group, group.source(), group.target(), false, group.source(), null)));
            vacateIfReached(group);
        }
    }

    /** [24] A target that is away does not bar the way back: its fence stays MIRROR, and the next migration there closes it. */
    private void vacateIfReached(Group group) throws FenceException {
        try {
            context.fences().bring(group, group.target(), Role.VACANT, deadline(SHARD_DEADLINE));
        } catch (FenceException e) {
            if (e.kind() != FenceException.Kind.UNREACHABLE) {
                throw e;
            }
            LOG.warn("{} stays MIRROR for {}: {}", group.target(), group.id(), e.getMessage());
        }
    }

    /** Before phase 1: in one transaction with {@code failed}, so that who reads it finds the keyspace given back. */
    void fail(Operation failed) throws CoordinationException, LeadershipLost {
        end(context.migration().from(), List.of(failed));
    }

    /** The end of the migration and its fence-free routes are one ZooKeeper transaction [38], and one with {@code together}. */
    private void end(SlotMap slotMap, List<Operation> together) throws CoordinationException, LeadershipLost {
        String node = ZnodePaths.keyspace(plan().keyspace());
        LeaderStore.Stored<KeyspaceRecord> keyspace = context.store()
                .read(node, KeyspaceRecord.class)
                .orElseThrow(() -> new IllegalStateException("no keyspace " + plan().keyspace()));
        List<Operation> all = new ArrayList<>(together);
        if (plan().name().equals(keyspace.value().running())) {
            all.add(new Operation.Set(node, Json.write(keyspace.value().withRunning(null)), keyspace.version()));
            context.routes().publishEnd(slotMap, all);
        } else if (!all.isEmpty()) {
            context.store().write(all);
        }
        for (Group group : context.migration().groups()) {
            context.fences().clearIntent(group); // [32] not before the routes of that phase are published
        }
    }
}
