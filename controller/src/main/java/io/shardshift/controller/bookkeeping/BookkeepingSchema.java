package io.shardshift.controller.bookkeeping;

import io.shardshift.shard.ShardTables;
import java.sql.Connection;
import java.sql.SQLException;

/** The {@code _shardshift_*} tables of a shard. */
public final class BookkeepingSchema {
    private BookkeepingSchema() {}

    /** Makes what is absent. Harmless to repeat: each statement says IF NOT EXISTS. */
    public static void create(Connection connection) throws SQLException {
        for (String statement : ShardTables.statements()) {
            Sql.update(connection, statement);
        }
    }
}
