package io.shardshift.controller.coordinator;

import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.bookkeeping.Blockers.Blocker;
import io.shardshift.controller.check.Check;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.shard.ShardException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a hand-off may begin: the checks of that moment, no long transaction, both streams alive, and a predicted pause
 * within the plan's. What it finds in the way it throws, and nothing has changed.
 *
 * <p>Prediction: the pause is made of two fence changes, a drain, three records of the store and, where reads follow, the
 * agents' acknowledgement. Each is done once, for real, without holding anybody: a heartbeat on the old owner is a durable
 * commit that comes through the same stream as CLOSED and is waited for as that is, until all before it is done for the
 * group; taking a fence is the same packet as changing it; opening the intent is a record; today's routes are published
 * again. What cannot be predicted is a transaction that holds the fence, or its agent's acknowledgement, longer than those
 * did: hence the list of long ones. One thread; the figure for any.
 */
final class HandoffReadiness {
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);
    private static final Duration FENCE = Duration.ofSeconds(5);
    /** For how long hand-backs wait for a moment in which the pause is within the plan's. */
    private static final Duration PATIENCE_BACK = Duration.ofSeconds(30);
    /** Records that stand between the hold and the open owner: CLOSE, DRAIN, OPEN. */
    private static final int RECORDS = 3;

    private final MigrationContext context;
    private volatile @Nullable Long expectedPauseMillis;
    private @Nullable Long firstTryBack;

    HandoffReadiness(MigrationContext context) {
        this.context = context;
    }

    /** The last prediction, in milliseconds; null before the first. */
    @Nullable
    Long expectedPauseMillis() {
        return expectedPauseMillis;
    }

    /**
     * Returns when the group may go from {@code from} to {@code to} now.
     *
     * @param movesReads whether reads follow while writers are held, which every agent then has to acknowledge
     */
    void require(Group group, ShardName from, ShardName to, boolean movesReads)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        context.work().require(Check.Scope.HANDOFF);
        HandoffSpec spec = context.migration().plan().handoff();
        switch (spec.onLongTransaction()) {
            case TAKE_BACK -> {
                requireNoLongTransaction(group, from, spec);
                requireNoLongTransaction(group, to, spec);
            }
            case KILL -> {
                killOverdue(group, from, spec);
                killOverdue(group, to, spec);
            }
        }
        long expected = predict(group, from, to) + (movesReads ? acknowledgementMillis(spec) : 0);
        expectedPauseMillis = expected;
        long allowed = allowedMillis(spec, movesReads);
        if (expected > allowed) {
            context.fences().clearIntent(group); // both fences were taken and are at rest
            throw new ProblemException(Problem.of(
                            ErrorCode.HANDOFF_PAUSE_TOO_LONG,
                            "Slots {} stay on {}: handing them over would hold writers for about {} ms, and {} ms are"
                                    + " allowed (handoff.maxPause). Nothing has changed.",
                            group.slots(),
                            from,
                            expected,
                            allowed)
                    .remedy(
                            movesReads
                                    ? "it is tried again by itself; " + PATIENCE_BACK.toSeconds()
                                            + " s after the first try up to handoff.deadline is allowed"
                                    : "wait for a quieter moment: it is tried again by itself; or roll back and plan a longer"
                                            + " pause"));
        }
    }

    /** A rollback is asked for when something is wrong: it does not wait for a quiet moment for ever. */
    private long allowedMillis(HandoffSpec spec, boolean back) {
        if (!back) {
            return spec.maxPause().toMillis();
        }
        long now = context.timing().nanoTime();
        Long first = firstTryBack;
        if (first == null) {
            firstTryBack = now;
        }
        boolean waited = first != null && now - first > PATIENCE_BACK.toNanos();
        return (waited ? spec.deadline() : spec.maxPause()).toMillis();
    }

    /** One that has lasted for half of what a hand-off waits would more likely than not outlast it. */
    private static Duration tooLong(HandoffSpec spec) {
        return spec.deadline().dividedBy(2);
    }

    /** What has outlasted a hand-off's deadline already would keep this one too, and shall end before writers are held. */
    private void killOverdue(Group group, ShardName shard, HandoffSpec spec) throws ProblemException {
        for (Blocker overdue : longHolders(group, shard, spec.deadline())) {
            context.holders().kill(shard, overdue);
        }
    }

    private void requireNoLongTransaction(Group group, ShardName shard, HandoffSpec spec) throws ProblemException {
        List<Blocker> found = longHolders(group, shard, tooLong(spec));
        if (!found.isEmpty()) {
            Blocker oldest = found.get(0);
            throw new ProblemException(Problem.of(
                            ErrorCode.HANDOFF_HELD_BY_TRANSACTION,
                            "Slots {} stay where they are: {} transactions hold their fence on {} for longer than {} ms."
                                    + " Nothing has changed.",
                            group.slots(),
                            found.size(),
                            shard,
                            tooLong(spec).toMillis())
                    .because("{}", FenceHolders.describe(shard, oldest))
                    .remedy(
                            "end it there, or KILL {} on {}, or plan handoff.onLongTransaction: kill; it is tried again by"
                                    + " itself",
                            oldest.connection(),
                            shard));
        }
    }

    private List<Blocker> longHolders(Group group, ShardName shard, Duration age) throws ProblemException {
        try {
            return context.holders().longHolders(shard, group, age);
        } catch (ShardException e) {
            throw new ProblemException(
                    Problem.of(
                            ErrorCode.SHARD_UNREACHABLE,
                            "Shard {} does not say which transactions are long: {}. Nothing has changed.",
                            shard,
                            String.valueOf(e.getMessage())),
                    e);
        }
    }

    private long predict(Group group, ShardName from, ShardName to)
            throws FenceException, CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        drainNanos(group, to); // the way back must be open too
        Timing timing = context.timing();
        long begun = timing.nanoTime();
        context.fences().openIntent(group, "hand-off to " + to);
        long recorded = timing.nanoTime();
        context.fences().taken(group, from, timing.deadlineIn(FENCE));
        context.fences().taken(group, to, timing.deadlineIn(FENCE));
        long taken = timing.nanoTime();
        return (RECORDS * (recorded - begun) + (taken - recorded) + drainNanos(group, from)) / 1_000_000;
    }

    /** Whoever would hold the acknowledgement up shall do so now, while everybody may write. */
    private long acknowledgementMillis(HandoffSpec spec)
            throws CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        Timing timing = context.timing();
        long begun = timing.nanoTime();
        RouteTable again = context.routes().publishAgain();
        context.routes().awaitAcknowledged(again.epoch(), context.expulsion(), timing.deadlineIn(spec.deadline()));
        return (timing.nanoTime() - begun) / 1_000_000;
    }

    private long drainNanos(Group group, ShardName shard) throws ProblemException, InterruptedException {
        Duration drained =
                context.streams().drainTime(shard, group, context.timing().deadlineIn(HEARTBEAT));
        if (drained == null) {
            throw new ProblemException(Problem.of(
                            ErrorCode.STREAM_NOT_CAUGHT_UP,
                            "Slots {} are not handed over: not all of their changes on {} came through its stream within {} s."
                                    + " Nothing has changed.",
                            group.slots(),
                            shard,
                            HEARTBEAT.toSeconds())
                    .remedy("look at streams in status; it is tried again by itself"));
        }
        return drained.toNanos();
    }
}
