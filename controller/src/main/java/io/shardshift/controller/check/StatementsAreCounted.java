package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;

/** Fails where performance_schema does not count statements by connection: writers that are no agents could not be seen. */
final class StatementsAreCounted extends ShardCheck {
    StatementsAreCounted() {
        super(Side.ALL, Scope.ALWAYS);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        if (!shard.setting("performance_schema").equals("ON")) {
            return; // the finding of PerformanceSchemaIsOn
        }
        for (SqlRow row : shard.query("SELECT NAME FROM performance_schema.setup_consumers"
                + " WHERE NAME IN ('global_instrumentation', 'thread_instrumentation') AND ENABLED <> 'YES'")) {
            report(shard, "consumer", row.text(1), "setup_consumers SET ENABLED = 'YES'", findings);
        }
        for (SqlRow row : shard.query("SELECT NAME FROM performance_schema.setup_instruments WHERE NAME IN"
                + " ('statement/sql/insert', 'statement/sql/update', 'statement/sql/delete', 'statement/sql/replace')"
                + " AND ENABLED <> 'YES'")) {
            report(shard, "instrument", row.text(1), "setup_instruments SET ENABLED = 'YES', TIMED = 'YES'", findings);
        }
    }

    private static void report(ShardView shard, String kind, String name, String setting, Findings findings) {
        findings.fail(
                shard,
                Problem.of(
                                ErrorCode.STATEMENTS_NOT_COUNTED,
                                "{} {} of performance_schema is off on {}, expected on",
                                kind,
                                name,
                                shard)
                        .remedy("UPDATE performance_schema.{} WHERE NAME = '{}'", setting, name));
    }
}
