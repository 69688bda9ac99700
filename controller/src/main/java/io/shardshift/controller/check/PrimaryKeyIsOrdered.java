package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;

/** Fails for ENUM or SET in a primary key: stored in the order of its members, compared in that of texts, it has no ranges to copy by [8]. */
final class PrimaryKeyIsOrdered extends ColumnCheck {
    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) {
        if (column.inPrimaryKey()
                && (column.type().equals("enum") || column.type().equals("set"))) { // [8]
            findings.fail(
                    Findings.at(source, column),
                    Problem.of(
                                    ErrorCode.PRIMARY_KEY_NOT_ORDERED,
                                    "{} of {} is {} and in the primary key, which is copied by ranges that it does not have",
                                    column,
                                    source,
                                    column.fullType())
                            .remedy(
                                    "ALTER TABLE {} MODIFY {} VARCHAR(64) COLLATE utf8mb4_0900_bin NOT NULL",
                                    column.quotedTable(),
                                    column.quoted()));
        }
    }
}
