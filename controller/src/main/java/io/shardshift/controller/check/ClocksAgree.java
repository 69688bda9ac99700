package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** Warns where a shard's clock is far from ours: ages and times in reports would mislead. No rule leans on it. */
final class ClocksAgree extends ShardCheck {
    private static final Duration MOST = Duration.ofSeconds(30);

    ClocksAgree() {
        super(Side.ALL, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        Instant ours = context.timing().now();
        long millis = shard.query("SELECT CAST(UNIX_TIMESTAMP(NOW(6)) * 1000 AS SIGNED)")
                .get(0)
                .number(1);
        Duration skew = Duration.between(ours, Instant.ofEpochMilli(millis)).abs();
        if (skew.compareTo(MOST) > 0) {
            findings.warn(
                    shard,
                    Problem.of(
                                    ErrorCode.CLOCKS_DIFFER,
                                    "the clock of {} is {} s away from the controller's, expected at most {} s",
                                    shard,
                                    skew.toSeconds(),
                                    MOST.toSeconds())
                            .remedy("timedatectl set-ntp true # on both hosts"));
        }
    }
}
