package io.shardshift.controller.bookkeeping;

import io.shardshift.shard.ShardTables;
import java.sql.Connection;
import java.sql.SQLException;

/** A row that is written so that it comes through a stream: whoever sees the value knows that all before it has come too. */
public final class Heartbeat {
    private Heartbeat() {}

    /**
     * Raises the value of {@code purpose} to {@code value}, or by one where it is there already, in one statement: every beat is
     * a change and so an event. {@code at} is the shard's own clock.
     */
    public static void beat(Connection connection, String purpose, long value) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO " + ShardTables.HEARTBEAT + " (purpose, value, at) VALUES (?, ?, NOW(6))"
                        + " ON DUPLICATE KEY UPDATE value = GREATEST(value + 1, ?), at = NOW(6)",
                purpose,
                value,
                value);
    }
}
