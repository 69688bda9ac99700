package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fails for rows with an ENUM of index 0, the mark of an invalid value: it cannot be written on the other side. */
final class EnumsHaveNames implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView source : context.sources()) {
            for (SqlRow row : source.queryTables("SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS"
                    + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables} AND DATA_TYPE = 'enum'")) {
                String table = Identifiers.quote(row.text(1));
                String column = Identifiers.quote(row.text(2));
                Optional<Long> rows = source.bounded("SELECT COUNT(*) FROM " + table + " WHERE " + column + " + 0 = 0");
                Problem problem = Problem.of(
                                ErrorCode.ENUM_INDEX_ZERO,
                                "{}.{} of {} holds an invalid ENUM value in {} rows",
                                row.text(1),
                                row.text(2),
                                source,
                                rows.map(String::valueOf).orElse("an unknown number of"))
                        .remedy("UPDATE {} SET {} = ... WHERE {} + 0 = 0", table, column, column);
                if (rows.isEmpty()) {
                    findings.warn(Findings.at(source, row.text(1)), problem.because("counting took too long"));
                } else if (rows.get() > 0) {
                    findings.fail(Findings.at(source, row.text(1)), problem);
                }
            }
        }
        return findings.list();
    }
}
