package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** Fails where the server leaves the shard's schema out of its binlog: a stream would never see a change. */
final class BinlogHasSchema extends ShardCheck {
    BinlogHasSchema() {
        super(Side.ALL, Scope.ALWAYS);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        String schema = shard.schemaName();
        for (SqlRow row : shard.query(statement(shard))) { // none where there is no binlog: the finding of BinlogIsOn
            List<String> only = names(row.text(3));
            List<String> not = names(row.text(4));
            if (not.contains(schema) || (!only.isEmpty() && !only.contains(schema))) {
                String option =
                        not.contains(schema) ? "binlog-ignore-db=" + schema : "binlog-do-db=" + String.join(",", only);
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.BINLOG_LEAVES_SCHEMA_OUT,
                                        "{} runs with {}, expected schema {} in its binlog",
                                        shard,
                                        option,
                                        schema)
                                .remedy("restart the server of {} without --{}", shard, option));
            }
        }
    }

    /** From 8.2 on the statement has another name; 8.4 knows no other. */
    private static String statement(ShardView shard) throws SQLException {
        List<String> parts = List.of(shard.setting("version").split("\\.", 3));
        boolean old = parts.get(0).equals("8")
                && (parts.get(1).equals("0") || parts.get(1).equals("1"));
        return old ? "SHOW MASTER STATUS" : "SHOW BINARY LOG STATUS";
    }

    private static List<String> names(String list) {
        return Stream.of(list.split(",")).filter(name -> !name.isEmpty()).toList();
    }
}
