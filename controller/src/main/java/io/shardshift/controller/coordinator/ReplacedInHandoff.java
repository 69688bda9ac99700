package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.check.Check;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes before groups are handed back while another server answers for a shard, or one lost commits [19]. The owners are
 * stamped, so that writers go on, and each source is compared with the target that owns the group, and made equal to it:
 * a stream alone would not do, for the source may lack what was mirrored to it, or hold what the owner lost. The servers are
 * remembered last: whoever runs this again, after a crash, compares all of it again. One thread.
 */
final class ReplacedInHandoff {
    private static final Logger LOG = LoggerFactory.getLogger(ReplacedInHandoff.class);
    private static final Set<ErrorCode> REPLACED = Set.of(ErrorCode.SERVER_REPLACED, ErrorCode.HISTORY_WENT_BACK);
    private static final Duration SHARD = Duration.ofSeconds(15);
    private static final Duration ACKNOWLEDGE = Duration.ofSeconds(3);
    private static final Duration STREAM = Duration.ofSeconds(30);

    private final MigrationContext context;
    private final ShardWork.Stop stop;
    private final GroupHandoffs handoffs;
    private final BeginAgain beginAgain;
    private final StoredAttempts attempts;
    private final Handoff.Routes routes;

    ReplacedInHandoff(
            MigrationContext context,
            ShardWork.Stop stop,
            GroupHandoffs handoffs,
            BeginAgain beginAgain,
            StoredAttempts attempts,
            Handoff.Routes routes) {
        this.context = context;
        this.stop = stop;
        this.handoffs = handoffs;
        this.beginAgain = beginAgain;
        this.attempts = attempts;
        this.routes = routes;
    }

    /** Returns at once where every server is the one that it was; else when each group may be handed back, or {@code stop} is asked. */
    void mend() throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        Problem replaced = replaced();
        if (replaced == null) {
            return;
        }
        LOG.warn("{}: {}", context.migration().plan().name(), replaced);
        List<Group> atTarget = new ArrayList<>();
        List<Group> atSource = new ArrayList<>();
        for (Group group : context.migration().groups()) {
            (handoffs.rests(group, replaced) ? atTarget : atSource).add(group);
        }
        sourcesAlone(atSource);
        for (Group group : atTarget) {
            owned(group);
        }
        for (ShardName shard : context.shards()) {
            context.streams().beginAnew(shard, deadline(STREAM));
        }
        for (Group group : atTarget) {
            context.fences().taken(group, group.source(), deadline(SHARD)); // its event tells the stream the role [2]
            context.fences().taken(group, group.target(), deadline(SHARD));
            attempts.record(group); // what an earlier run of this compared does not count [34]
        }
        context.streams().start(context.shards(), deadline(STREAM));
        context.work().verifyBack(atTarget, attempts.all(), stop);
        if (!stop.isAsked()) {
            context.work().rememberServers();
        }
    }

    private @Nullable Problem replaced() {
        for (Finding finding : context.work().check(Check.Scope.RUNNING)) {
            Problem problem = finding.problem();
            if (problem != null && REPLACED.contains(problem.code())) {
                return problem;
            }
        }
        return context.streams().problems().values().stream()
                .filter(problem -> REPLACED.contains(problem.code()))
                .findFirst()
                .orElse(null);
    }

    /** Their reads are at the targets since ALL_READS, and what a target lost was acknowledged. */
    private void sourcesAlone(List<Group> groups)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        if (groups.isEmpty()) {
            return;
        }
        routes.publishAndAwait(beginAgain.readsAtSources(groups), deadline(ACKNOWLEDGE));
        beginAgain.sourcesAlone(groups);
        for (Group group : groups) {
            context.fences().stamp(group, group.target(), deadline(SHARD));
        }
    }

    /** The source first: it may have gone back to a role that owned, and at no time do both. */
    private void owned(Group group) throws FenceException, CoordinationException, LeadershipLost {
        context.fences().openIntent(group, "owned by a target, with another server");
        Fence source = context.fences().taken(group, group.source(), deadline(SHARD));
        context.fences().bring(source, group.source(), Role.MIRROR, deadline(SHARD));
        context.fences().stamp(group, group.source(), deadline(SHARD));
        Fence target = context.fences().taken(group, group.target(), deadline(SHARD));
        context.fences().bring(target, group.target(), Role.OWNER, deadline(SHARD));
        context.fences().stamp(group, group.target(), deadline(SHARD));
        routes.publish(List.of(new Route(group, group.target(), group.source(), false, group.target(), null)));
        context.fences().clearIntent(group);
    }

    private Deadline deadline(Duration duration) {
        return context.timing().deadlineIn(duration);
    }
}
