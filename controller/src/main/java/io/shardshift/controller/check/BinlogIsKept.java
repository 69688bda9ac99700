package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Warns where the binlog is kept for less than a day: a migration paused overnight could not be resumed. */
final class BinlogIsKept implements Check {
    private static final long DAY_SECONDS = 86_400;

    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            long seconds = shard.settingNumber("binlog_expire_logs_seconds");
            if (seconds > 0 && seconds < DAY_SECONDS) { // 0: kept for ever
                findings.warn(
                        shard,
                        Problem.of(
                                        ErrorCode.BINLOG_KEPT_BRIEFLY,
                                        "binlog_expire_logs_seconds is {} on {}, less than a day",
                                        seconds,
                                        shard)
                                .remedy("SET PERSIST binlog_expire_logs_seconds = 259200"));
            }
        }
        return findings.list();
    }
}
