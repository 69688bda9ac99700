package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;

/** Fails for a generated shard key: generated columns do not travel, and no statement names their values. */
final class ShardKeyIsStored extends ColumnCheck {
    @Override
    void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings) {
        if (column.isGenerated() && context.isShardKey(column.table(), column.name())) {
            findings.fail(
                    Findings.at(source, column),
                    Problem.of(
                                    ErrorCode.SHARD_KEY_GENERATED,
                                    "{} of {} is the shard key and generated from {}, expected a column that is written",
                                    column,
                                    source,
                                    column.generation())
                            .remedy(
                                    "ALTER TABLE {} MODIFY {} {} NOT NULL; -- a stored one; drop and add a virtual one",
                                    column.quotedTable(),
                                    column.quoted(),
                                    column.fullType()));
        }
    }
}
