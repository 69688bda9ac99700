package io.shardshift.controller.check;

import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;

/** Fails for stored shard keys that are not in the keyspace's declared form: MySQL finds them for a key of another slot [18]. */
final class ShardKeyIsNormal extends ColumnCheck {
    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) throws SQLException {
        if (context.keyspace().shardKeyForm() != ShardKeyForm.ASCII_LOWER
                || column.collation().isEmpty()
                || !context.isShardKey(column.table(), column.name())) {
            return;
        }
        String text = "CONVERT(" + column.quoted() + " USING utf8mb4)";
        String condition = "CAST(LOWER(" + text + ") AS BINARY) <> CAST(" + text + " AS BINARY) OR LENGTH(" + text
                + ") <> CHAR_LENGTH(" + text + ") OR CAST(RIGHT(" + text + ", 1) AS BINARY) = ' '";
        RowCount rows = RowCount.of(source, column.quotedTable(), condition); // [18]
        if (!rows.isNone()) {
            Problem problem = Problem.of(
                            ErrorCode.SHARD_KEY_NOT_NORMAL,
                            "{} of {} is not lower-case ASCII without spaces at the end in {}, expected by shardKeyForm:"
                                    + " asciiLower",
                            column,
                            source,
                            rows)
                    .remedy(
                            "UPDATE {} SET {} = LOWER(TRIM(TRAILING FROM {})) WHERE {}",
                            column.quotedTable(),
                            column.quoted(),
                            column.quoted(),
                            condition);
            rows.report(findings, Findings.at(source, column), problem);
        }
    }
}
