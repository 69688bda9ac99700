package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;

/** Warns for JSON that its text does not hold whole, such as dates and decimals: the copy has texts and doubles there. */
final class JsonIsText extends ColumnCheck {
    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) throws SQLException {
        if (!column.type().equals("json")) {
            return;
        }
        String again = "CAST(CAST(" + column.quoted() + " AS CHAR CHARACTER SET utf8mb4) AS JSON)";
        String condition =
                column.quoted() + " <> " + again + " OR JSON_TYPE(" + column.quoted() + ") <> JSON_TYPE(" + again + ")";
        RowCount rows = RowCount.of(source, column.quotedTable(), condition);
        if (!rows.isNone()) {
            findings.warn(
                    Findings.at(source, column),
                    Problem.of(
                                    ErrorCode.JSON_OPAQUE,
                                    "{} of {} holds JSON values that are not plain text in {}",
                                    column,
                                    source,
                                    rows)
                            .because("the copy has texts and doubles in the place of dates and decimals")
                            .remedy(
                                    "UPDATE {} SET {} = {} WHERE {}",
                                    column.quotedTable(),
                                    column.quoted(),
                                    again,
                                    condition));
        }
    }
}
