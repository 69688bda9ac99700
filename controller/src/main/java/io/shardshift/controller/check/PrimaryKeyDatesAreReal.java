package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.Set;

/** Fails for rows with a date in the primary key that strict sessions do not take, such as 0000-00-00: they could not be found by it. */
final class PrimaryKeyDatesAreReal extends ColumnCheck {
    private static final Set<String> DATES = Set.of("date", "datetime", "timestamp");

    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) throws SQLException {
        if (!column.inPrimaryKey() || !DATES.contains(column.type())) {
            return;
        }
        String condition = "MONTH(" + column.quoted() + ") = 0 OR DAYOFMONTH(" + column.quoted() + ") = 0";
        RowCount rows = RowCount.of(source, column.quotedTable(), condition);
        if (!rows.isNone()) {
            Problem problem = Problem.of(
                            ErrorCode.PRIMARY_KEY_ZERO_DATE,
                            "{} of {} is in the primary key and has a month or day 0 in {}, expected real dates",
                            column,
                            source,
                            rows)
                    .remedy(
                            "UPDATE {} SET {} = '1970-01-02' WHERE {}",
                            column.quotedTable(),
                            column.quoted(),
                            condition);
            rows.report(findings, Findings.at(source, column), problem);
        }
    }
}
