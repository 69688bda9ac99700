package io.shardshift.controller.check;

import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;

/** Fails where texts that MySQL holds equal may have different slots [18]. */
final class ShardKeyTextIsBinary extends ColumnCheck {
    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) throws SQLException {
        if (context.keyspace().shardKeyForm() == ShardKeyForm.ASCII_LOWER // agents refuse every other value [18]
                || column.collation().isEmpty()
                || !context.isShardKey(column.table(), column.name())) {
            return;
        }
        boolean noPad = !source.query(
                        "SELECT 1 FROM information_schema.COLLATIONS WHERE COLLATION_NAME = ? AND PAD_ATTRIBUTE = 'NO PAD'",
                        column.collation())
                .isEmpty();
        boolean binary =
                column.collation().endsWith("_bin") || column.collation().equals("binary");
        if (!noPad || !binary) { // [18]
            findings.fail(
                    Findings.at(source, column),
                    Problem.of(
                                    ErrorCode.SHARD_KEY_TEXT_NOT_BINARY,
                                    "{} of {} is the shard key and has collation {}, expected a binary one that does not pad",
                                    column,
                                    source,
                                    column.collation())
                            .because("values that differ in case or trailing spaces are equal, yet have other slots")
                            .remedy(
                                    "ALTER TABLE {} MODIFY {} {} COLLATE utf8mb4_0900_bin NOT NULL; -- or in keyspace {}:"
                                            + " shardKeyForm: asciiLower",
                                    column.quotedTable(),
                                    column.quoted(),
                                    column.fullType(),
                                    context.keyspace().name()));
        }
    }
}
