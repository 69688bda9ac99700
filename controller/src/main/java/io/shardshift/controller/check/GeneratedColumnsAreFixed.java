package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails for a generated column that reads a TIMESTAMP: its value depends on the session's time zone. */
final class GeneratedColumnsAreFixed implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView source : context.sources()) {
            List<SqlRow> timestamps = source.queryTables("SELECT TABLE_NAME, COLUMN_NAME"
                    + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables}"
                    + " AND DATA_TYPE = 'timestamp'");
            for (SqlRow row : source.queryTables("SELECT TABLE_NAME, COLUMN_NAME, GENERATION_EXPRESSION"
                    + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables}"
                    + " AND GENERATION_EXPRESSION <> ''")) {
                List<String> here = timestamps.stream()
                        .filter(timestamp -> timestamp.text(1).equals(row.text(1)))
                        .map(timestamp -> timestamp.text(2))
                        .toList();
                if (Mentions.any(row.text(3), here)) {
                    findings.fail(
                            Findings.at(source, row.text(1)),
                            Problem.of(
                                            ErrorCode.GENERATED_FROM_TIMESTAMP,
                                            "{}.{} of {} is generated from a TIMESTAMP: {}",
                                            row.text(1),
                                            row.text(2),
                                            source,
                                            row.text(3))
                                    .remedy("make the column that it reads DATETIME"));
                }
            }
        }
        return findings.list();
    }
}
