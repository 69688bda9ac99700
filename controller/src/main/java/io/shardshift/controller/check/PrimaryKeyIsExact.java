package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;

/** Fails for FLOAT or DOUBLE in a primary key: such a value cannot be found again by its text. */
final class PrimaryKeyIsExact extends ColumnCheck {
    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) {
        if (column.inPrimaryKey()
                && (column.type().equals("float") || column.type().equals("double"))) {
            findings.fail(
                    Findings.at(source, column),
                    Problem.of(
                                    ErrorCode.PRIMARY_KEY_INEXACT,
                                    "{} of {} is {} and in the primary key, expected an exact type",
                                    column,
                                    source,
                                    column.fullType())
                            .remedy(
                                    "ALTER TABLE {} MODIFY {} DECIMAL(30,10) NOT NULL",
                                    column.quotedTable(),
                                    column.quoted()));
        }
    }
}
