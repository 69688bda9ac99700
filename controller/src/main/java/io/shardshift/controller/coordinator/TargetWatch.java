package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Writes a heartbeat on each target while agents mirror to it, and says so when one has not taken any for a while: agents
 * cannot commit then. A durable write is the probe, because a server that is read-only, full or stands still answers reads.
 * One thread.
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
    private final Consumer<Problem> onFailed;
    private final Map<ShardName, Long> answeredAt = new HashMap<>();

    /**
     * @param mirrors whether agents mirror now
     * @param onFailed told each time a probe fails after {@link #PATIENCE}
     */
    TargetWatch(MigrationContext context, BooleanSupplier mirrors, Consumer<Problem> onFailed) {
        this.context = context;
        this.mirrors = mirrors;
        this.onFailed = onFailed;
    }

    void run(BooleanSupplier goesOn) throws InterruptedException {
        while (goesOn.getAsBoolean()) {
            if (mirrors.getAsBoolean()) {
                for (ShardName target : context.migration().targets()) {
                    probe(target);
                }
            } else {
                answeredAt.clear();
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
        } catch (ProblemException e) {
            Duration silent = Duration.ofNanos(timing.nanoTime() - answeredAt.getOrDefault(target, begun));
            if (silent.compareTo(PATIENCE) > 0) {
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
}
