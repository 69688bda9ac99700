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

/** Warns for JSON that its text does not hold whole, such as dates and decimals: the copy has texts and doubles there. */
final class JsonIsText implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView source : context.sources()) {
            for (SqlRow row : source.queryTables("SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS"
                    + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables} AND DATA_TYPE = 'json'")) {
                String column = Identifiers.quote(row.text(2));
                String again = "CAST(CAST(" + column + " AS CHAR CHARACTER SET utf8mb4) AS JSON)";
                Optional<Long> rows =
                        source.bounded("SELECT COUNT(*) FROM " + Identifiers.quote(row.text(1)) + " WHERE " + column
                                + " <> " + again + " OR JSON_TYPE(" + column + ") <> JSON_TYPE(" + again + ")");
                if (rows.isEmpty() || rows.get() > 0) {
                    findings.warn(
                            Findings.at(source, row.text(1)),
                            Problem.of(
                                            ErrorCode.JSON_OPAQUE,
                                            "{}.{} of {} holds JSON values that are not plain text in {} rows",
                                            row.text(1),
                                            row.text(2),
                                            source,
                                            rows.map(String::valueOf).orElse("an unknown number of"))
                                    .remedy("UPDATE {} SET {} = {}", Identifiers.quote(row.text(1)), column, again));
                }
            }
        }
        return findings.list();
    }
}
