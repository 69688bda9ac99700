package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Warns where a shard's clock is far from ours: ages and times in reports would mislead. No rule leans on it. */
final class ClocksAgree implements Check {
    private static final Duration MOST = Duration.ofSeconds(30);

    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
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
                                        "the clock of {} is {} s away from the controller's",
                                        shard,
                                        skew.toSeconds())
                                .remedy("let both hosts keep time by NTP"));
            }
        }
        return findings.list();
    }
}
