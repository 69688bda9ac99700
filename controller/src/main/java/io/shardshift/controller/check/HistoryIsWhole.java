package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import java.sql.SQLException;
import java.util.Optional;

/** Fails where a server no longer has transactions that it had: a failover, or a restore, that lost commits [19]. */
final class HistoryIsWhole extends ShardCheck {
    HistoryIsWhole() {
        super(Side.ALL, Scope.ALWAYS);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException, ProblemException {
        String name = key(shard);
        Optional<String> seen = context.scope() == Scope.PREFLIGHT
                ? Optional.empty()
                : context.remembered().get(name);
        SqlRow row = shard.query(
                        "SELECT now.executed, GTID_SUBTRACT(?, now.executed)"
                                + " FROM (SELECT @@GLOBAL.gtid_executed AS executed) AS now",
                        seen.orElse(""))
                .get(0);
        String executed = row.text(1).replace("\n", "");
        String lost = row.text(2).replace("\n", "");
        if (!lost.isEmpty()) { // [19]
            findings.fail(
                    shard,
                    Problem.of(
                                    ErrorCode.HISTORY_WENT_BACK,
                                    "{} no longer has transactions {}, which it had committed; the migration must not go on",
                                    shard,
                                    lost)
                            .because("gtid_executed is '{}'; a failover or a restore has lost commits", executed)
                            .remedy(
                                    "SELECT @@GLOBAL.gtid_executed, @@server_uuid; -- before STOP_OLD_WRITES all goes to the sources"
                                            + " alone by itself: then shardshift resume {}, which copies anew, or shardshift"
                                            + " rollback {}; from STOP_OLD_WRITES on shardshift rollback {}, which compares"
                                            + " all again, or find the server that has them",
                                    context.migration(),
                                    context.migration(),
                                    context.migration()));
        } else if (!seen.equals(Optional.of(executed))) {
            context.remembered().put(name, executed);
        }
    }

    /** Name of what is remembered of the shard. */
    static String key(ShardView shard) {
        return "gtid-" + shard;
    }

    static String executed(ShardView shard) throws SQLException {
        return shard.query("SELECT @@GLOBAL.gtid_executed").get(0).text(1).replace("\n", "");
    }
}
