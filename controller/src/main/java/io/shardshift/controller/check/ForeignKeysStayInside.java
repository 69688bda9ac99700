package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails for foreign keys that change rows past the binlog, or that lead out of the keyspace. */
final class ForeignKeysStayInside implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView source : context.sources()) {
            for (SqlRow row : source.queryTables("SELECT CONSTRAINT_NAME, TABLE_NAME, REFERENCED_TABLE_NAME,"
                    + " UPDATE_RULE, DELETE_RULE FROM information_schema.REFERENTIAL_CONSTRAINTS"
                    + " WHERE CONSTRAINT_SCHEMA = DATABASE()"
                    + " AND (TABLE_NAME IN {tables} OR REFERENCED_TABLE_NAME IN {tables})")) {
                boolean inside = isInside(context, row.text(2)) && isInside(context, row.text(3));
                boolean cascades = changesRows(row.text(4)) || changesRows(row.text(5));
                if (!inside || cascades) {
                    findings.fail(Findings.at(source, row.text(2)), problem(source, row, inside));
                }
            }
        }
        return findings.list();
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
                        "foreign key {} of {} refers {} to {}",
                        row.text(1),
                        source,
                        row.text(2),
                        row.text(3))
                .because("{}", why)
                .remedy(
                        "ALTER TABLE {} DROP FOREIGN KEY {}",
                        Identifiers.quote(row.text(2)),
                        Identifiers.quote(row.text(1)));
    }
}
