package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;

/** Fails, until the plan accepts it, for a primary key by which agents refuse to change rows while they are mirrored. */
final class PrimaryKeyIsWritable extends ColumnCheck {
    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) {
        if (column.inPrimaryKey()
                && (column.type().equals("timestamp") || column.type().equals("bit"))) {
            findings.failUnlessAccepted(
                    context,
                    Findings.at(source, column),
                    Problem.of(
                                    ErrorCode.PRIMARY_KEY_NOT_WRITABLE,
                                    "{} of {} is {} and in the primary key: UPDATE and DELETE of {} are refused while its"
                                            + " rows are mirrored",
                                    column,
                                    source,
                                    column.fullType(),
                                    column.table())
                            .remedy(
                                    "ALTER TABLE {} MODIFY {} {} NOT NULL",
                                    column.quotedTable(),
                                    column.quoted(),
                                    column.type().equals("bit") ? "BIGINT UNSIGNED" : "DATETIME(6)"));
        }
    }
}
