package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;

/** Fails for foreign keys that change rows past the binlog, or that lead out of the keyspace. */
final class ForeignKeysStayInside extends ShardCheck {
    ForeignKeysStayInside() {
        super(Side.SOURCES, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView source, Findings findings) throws SQLException {
        for (SqlRow row : source.queryTables("SELECT CONSTRAINT_NAME, TABLE_NAME, REFERENCED_TABLE_NAME, UPDATE_RULE,"
                + " DELETE_RULE, CONSTRAINT_SCHEMA, UNIQUE_CONSTRAINT_SCHEMA, CONSTRAINT_SCHEMA = DATABASE(),"
                + " UNIQUE_CONSTRAINT_SCHEMA = DATABASE() FROM information_schema.REFERENTIAL_CONSTRAINTS"
                + " WHERE (CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME IN {tables})"
                + " OR (UNIQUE_CONSTRAINT_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IN {tables})")) {
            boolean inside = row.number(8) == 1
                    && row.number(9) == 1
                    && isInside(context, row.text(2))
                    && isInside(context, row.text(3));
            if (!inside || changesRows(row.text(4)) || changesRows(row.text(5))) {
                findings.fail(Findings.at(source, row.text(2)), problem(source, row, inside));
            }
        }
    }

    private static boolean isInside(CheckContext context, String table) {
        return context.tables().stream().anyMatch(table::equalsIgnoreCase);
    }

    private static boolean changesRows(String rule) {
        return !rule.equals("NO ACTION") && !rule.equals("RESTRICT");
    }

    private static Problem problem(ShardView source, SqlRow row, boolean inside) {
        String why = inside
                ? "its rules are ON UPDATE " + row.text(4) + ", ON DELETE " + row.text(5)
                        + ": rows that it changes stand in no binlog"
                : "one of the two tables is not in the keyspace and does not move";
        return Problem.of(
                        ErrorCode.FOREIGN_KEY_UNSAFE,
                        "foreign key {} of {} refers {}.{} to {}.{}",
                        row.text(1),
                        source,
                        row.text(6),
                        row.text(2),
                        row.text(7),
                        row.text(3))
                .because("{}", why)
                .remedy(
                        "ALTER TABLE {}.{} DROP FOREIGN KEY {}",
                        Identifiers.quote(row.text(6)),
                        Identifiers.quote(row.text(2)),
                        Identifiers.quote(row.text(1)));
    }
}
