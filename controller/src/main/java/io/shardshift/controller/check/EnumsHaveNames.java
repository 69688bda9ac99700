package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;

/** Fails for rows with an ENUM of index 0, the mark of an invalid value: it cannot be written on the other side. */
final class EnumsHaveNames extends ColumnCheck {
    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) throws SQLException {
        if (!column.type().equals("enum")) {
            return;
        }
        String condition = column.quoted() + " + 0 = 0";
        RowCount rows = RowCount.of(source, column.quotedTable(), condition);
        if (rows.isNone()) {
            return;
        }
        Problem problem = Problem.of(
                        ErrorCode.ENUM_INDEX_ZERO, "{} of {} holds an invalid ENUM value in {}", column, source, rows)
                .remedy("UPDATE {} SET {} = ... WHERE {}", column.quotedTable(), column.quoted(), condition);
        rows.report(findings, Findings.at(source, column), problem);
    }
}
