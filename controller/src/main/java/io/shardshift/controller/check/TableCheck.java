package io.shardshift.controller.check;

import io.shardshift.shard.TableSchema;
import java.sql.SQLException;
import java.util.Optional;

/** A check of a source's definition of each table. One that is absent, or cannot be read, is the finding of other checks. */
abstract class TableCheck extends ShardCheck {
    TableCheck() {
        super(Side.SOURCES, Scope.AT_FIRST); // SchemaIsUnchanged looks after definitions from then on
    }

    @Override
    final void inspect(CheckContext context, ShardView source, Findings findings) throws SQLException {
        for (String table : context.tables()) {
            Optional<TableSchema> schema = source.schema(table);
            if (schema.isPresent()) {
                inspect(context, source, schema.get(), findings);
            }
        }
    }

    abstract void inspect(CheckContext context, ShardView source, TableSchema schema, Findings findings)
            throws SQLException;
}
