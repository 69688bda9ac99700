package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.List;

/** Fails for a generated column that reads a TIMESTAMP: its value depends on the session's time zone. */
final class GeneratedColumnsAreFixed extends ColumnCheck {
    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) throws SQLException {
        if (!column.isGenerated()) {
            return;
        }
        for (ColumnInfo read : source.columns()) {
            if (read.type().equals("timestamp")
                    && read.table().equals(column.table())
                    && Mentions.any(column.generation(), List.of(read.name()))) {
                findings.fail(
                        Findings.at(source, column),
                        Problem.of(
                                        ErrorCode.GENERATED_FROM_TIMESTAMP,
                                        "{} of {} is generated from {}, a TIMESTAMP, expected none: {}",
                                        column,
                                        source,
                                        read,
                                        column.generation())
                                .because("its value depends on the time zone of the session that writes")
                                .remedy("ALTER TABLE {} MODIFY {} DATETIME(6)", column.quotedTable(), read.quoted()));
            }
        }
    }
}
