package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Writes a heartbeat on each target while agents mirror to it, and says so when one has not taken any for a while: agents
 * cannot commit then. Once targets may own groups nobody can be led past one: status tells of it. A durable write is the
 * probe, because a server that is read-only, full or stands still answers reads. {@link #run} is for one thread, {@link
 * #standing} for any.
 */
final class TargetWatch {
    /**
     * How long a target may take no write before agents are led past it. Below the agents' default writeTimeout of 5 s, so
     * that a statement that is tried again may still get through; above the pause of a busy disk or a short failover.
     */
    static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration BETWEEN = Duration.ofSeconds(1);
    private static final Duration PROBE = Duration.ofSeconds(1);

    private final MigrationContext context;
    private final BooleanSupplier mirrors;
    private final BooleanSupplier owns;
    private final Consumer<Problem> onFailed;
    private final Map<ShardName, Long> answeredAt = new HashMap<>();
    private final Map<ShardName, Standing> standing = new ConcurrentHashMap<>();

    /** A target that owns groups and takes no writes. */
    record Standing(Problem problem, Instant since) {}

    /**
     * @param mirrors whether agents mirror now
     * @param owns whether targets may own groups now
     * @param onFailed told each time a probe fails after {@link #PATIENCE}
     */
    TargetWatch(MigrationContext context, BooleanSupplier mirrors, BooleanSupplier owns, Consumer<Problem> onFailed) {
        this.context = context;
        this.mirrors = mirrors;
        this.owns = owns;
        this.onFailed = onFailed;
    }

    void run(BooleanSupplier goesOn) throws InterruptedException {
        while (goesOn.getAsBoolean()) {
            if (mirrors.getAsBoolean() || owns.getAsBoolean()) {
                for (ShardName target : context.migration().targets()) {
                    probe(target);
                }
            } else {
                answeredAt.clear();
                standing.clear();
            }
            context.timing().pause(BETWEEN);
        }
    }

    private void probe(ShardName target) {
        Timing timing = context.timing();
        long begun = timing.nanoTime();
        answeredAt.putIfAbsent(target, begun);
        try {
            context.streams().beat(target, timing.deadlineIn(PROBE));
            answeredAt.put(target, timing.nanoTime());
            standing.remove(target);
        } catch (ProblemException e) {
            Duration silent = Duration.ofNanos(timing.nanoTime() - answeredAt.getOrDefault(target, begun));
            if (silent.compareTo(PATIENCE) <= 0) {
                return;
            }
            if (owns.getAsBoolean()) {
                standing.putIfAbsent(
                        target,
                        new Standing(stands(target, e.problem()), timing.now().minus(silent)));
            } else {
                onFailed.accept(Problem.of(
                                ErrorCode.SHARD_UNREACHABLE,
                                "Target {} has taken no write for {} s. Writes go to the sources alone until it does; nothing is"
                                        + " lost and nothing is copied again.",
                                target,
                                silent.toSeconds())
                        .because("{}", e.problem().what())
                        .remedy("make {} take writes: it goes on by itself; or roll back", target));
            }
        }
    }

    private static Problem stands(ShardName target, Problem why) {
        return Problem.of(
                        ErrorCode.SHARD_UNREACHABLE,
                        "Target {} takes no writes: those of the slots that it owns, and of those that are mirrored to it, stand"
                                + " still until it does. Nothing is lost.",
                        target)
                .because("{}", why.what())
                .remedy("make {} take writes: all goes on by itself; a rollback waits for it too", target);
    }

    /** Targets that own groups, or soon will, and take no writes. */
    Collection<Standing> standing() {
        return standing.values();
    }
}
