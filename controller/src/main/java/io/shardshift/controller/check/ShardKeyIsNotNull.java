package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;

/** Fails for a shard key that may be NULL: such a row has no slot. */
final class ShardKeyIsNotNull extends ColumnCheck {
    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) {
        if (column.isNullable() && context.isShardKey(column.table(), column.name())) {
            findings.fail(
                    Findings.at(source, column),
                    Problem.of(
                                    ErrorCode.SHARD_KEY_NULLABLE,
                                    "{} of {} may be NULL and is the shard key, expected NOT NULL",
                                    column,
                                    source)
                            .remedy(
                                    "ALTER TABLE {} MODIFY {} {} NOT NULL",
                                    column.quotedTable(),
                                    column.quoted(),
                                    column.fullType()));
        }
    }
}
