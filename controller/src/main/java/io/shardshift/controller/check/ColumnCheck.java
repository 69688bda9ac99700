package io.shardshift.controller.check;

import java.sql.SQLException;

/** A check of each column of a source's tables, generated ones included. */
abstract class ColumnCheck extends ShardCheck {
    ColumnCheck() {
        super(Side.SOURCES, Scope.AT_FIRST); // SchemaIsUnchanged looks after definitions from then on
    }

    @Override
    final void inspect(CheckContext context, ShardView source, Findings findings) throws SQLException {
        for (ColumnInfo column : source.columns()) {
            inspect(context, source, column, findings);
        }
    }

    abstract void inspect(CheckContext context, ShardView source, ColumnInfo column, Findings findings)
            throws SQLException;
}
