package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.Insert;
import io.shardshift.agent.sql.TableInfo;
import io.shardshift.shard.Column;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.StoredForm;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Refuses, before anything changes, rows of an INSERT or REPLACE whose key would be stored otherwise than this process
 * reckons: they would be routed, fenced and mirrored by a key that they do not have [18]. Values that are not known before
 * the statement runs are not judged here. Stateless.
 */
final class StoredKeys {
    private StoredKeys() {}

    /** The shard key, in every phase: by it the row finds its shard. */
    static void requireShardKey(Insert insert, ShardedTable table, StatementCall call) throws SQLException {
        List<Integer> shardKey = table.shardKey();
        for (int row = 0; row < insert.rows().size(); row++) {
            for (int column : shardKey) {
                require(insert, row, RowStatements.column(table, column), call);
            }
        }
    }

    /** The primary key, while rows are mirrored: by it the row is read at the commit. */
    static void requirePrimaryKey(Insert insert, ShardedTable table, StatementCall call) throws SQLException {
        for (int row = 0; row < insert.rows().size(); row++) {
            for (int column : table.schema().primaryKey()) {
                require(insert, row, RowStatements.column(table, column), call);
            }
        }
    }

    /** Every unique key, and nothing changed: what REPLACE replaces is found by comparing with the values as given. */
    static void requireComparable(Insert insert, ShardedTable table, StatementCall call) throws SQLException {
        for (TableInfo.UniqueKey key : insert.info().uniqueKeys()) {
            for (String name : key.columns()) {
                Column column = RowStatements.column(table, table.schema().indexOf(name));
                for (int row = 0; row < insert.rows().size(); row++) {
                    Optional<StoredForm.Stored> stored = require(insert, row, column, call);
                    if (stored.isPresent() && stored.get().fit() == StoredForm.Fit.CHANGED) {
                        throw AgentErrors.refused(
                                "REPLACE while rows move takes the value of unique column " + name
                                        + " only as it is stored: without spaces that are stripped or cut, with the zero"
                                        + " bytes that BINARY adds",
                                call.sql());
                    }
                }
            }
        }
    }

    private static Optional<StoredForm.Stored> require(Insert insert, int row, Column column, StatementCall call)
            throws SQLException {
        Optional<StoredForm.Stored> stored =
                BoundValues.stored(insert.value(row, column.name()), call.parameters(), column);
        if (stored.isPresent() && !stored.get().isCertain()) {
            throw AgentErrors.notStored(column, stored.get(), call.sql());
        }
        return stored;
    }
}
