package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;

/** Warns where the binlog is kept for less than a day: a migration paused overnight could not be resumed. */
final class BinlogIsKept extends VariableCheck {
    private static final long DAY_SECONDS = 86_400;

    BinlogIsKept() {
        super(
                ErrorCode.BINLOG_KEPT_BRIEFLY,
                Side.ALL,
                new Wanted(
                        "binlog_expire_logs_seconds",
                        BinlogIsKept::isLong,
                        "at least " + DAY_SECONDS,
                        "SET PERSIST binlog_expire_logs_seconds = 259200"));
    }

    private static boolean isLong(String found) {
        long seconds = found.isEmpty() ? 0 : Long.parseLong(found);
        return seconds == 0 || seconds >= DAY_SECONDS; // 0: kept for ever
    }

    @Override
    void report(CheckContext context, ShardView shard, Problem problem, Findings findings) {
        findings.warn(shard, problem);
    }
}
