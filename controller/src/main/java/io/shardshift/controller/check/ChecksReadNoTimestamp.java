package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.List;

/** Fails for a CHECK that reads a TIMESTAMP: a mirror writes in UTC, and could be refused a row that its owner took [27]. */
final class ChecksReadNoTimestamp extends ShardCheck {
    ChecksReadNoTimestamp() {
        super(Side.SOURCES, Scope.AT_FIRST); // SchemaIsUnchanged looks after definitions from then on
    }

    @Override
    void inspect(CheckContext context, ShardView source, Findings findings) throws SQLException {
        for (SqlRow row : source.queryTables("SELECT t.TABLE_NAME, t.CONSTRAINT_NAME, c.CHECK_CLAUSE"
                + " FROM information_schema.TABLE_CONSTRAINTS t JOIN information_schema.CHECK_CONSTRAINTS c"
                + " ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME"
                + " WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_NAME IN {tables} AND t.ENFORCED = 'YES'"
                + " ORDER BY t.TABLE_NAME, t.CONSTRAINT_NAME")) {
            List<String> timestamps = source.columns().stream()
                    .filter(column ->
                            column.type().equals("timestamp") && column.table().equals(row.text(1)))
                    .map(ColumnInfo::name)
                    .toList();
            if (Mentions.any(row.text(3), timestamps)) { // [27]
                findings.fail(
                        Findings.at(source, row.text(1)),
                        Problem.of(
                                        ErrorCode.CHECK_READS_TIMESTAMP,
                                        "CHECK {} of {} on {} reads a TIMESTAMP, expected none: {}",
                                        row.text(2),
                                        row.text(1),
                                        source,
                                        row.text(3))
                                .because("its outcome depends on the time zone of the session that writes")
                                .remedy(
                                        "ALTER TABLE {} DROP CHECK {}",
                                        Identifiers.quote(row.text(1)),
                                        Identifiers.quote(row.text(2))));
            }
        }
    }
}
