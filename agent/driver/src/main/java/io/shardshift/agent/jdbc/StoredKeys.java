package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.Insert;
import io.shardshift.shard.Column;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.StoredForm;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Refuses, before anything changes, rows of an INSERT or REPLACE whose shard key would be stored otherwise than this process
 * reckons: they would be routed and fenced by a key that they do not have [18]. Values that are not known before the
 * statement runs are not judged here. Stateless.
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

    private static void require(Insert insert, int row, Column column, StatementCall call) throws SQLException {
        Optional<StoredForm.Stored> stored =
                BoundValues.stored(insert.value(row, column.name()), call.parameters(), column);
        if (stored.isPresent() && !stored.get().isCertain()) {
            throw AgentErrors.notStored(column, stored.get(), call.sql());
        }
    }
}
