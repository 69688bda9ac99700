package io.shardshift.controller.bookkeeping;

import io.shardshift.shard.Identifiers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;

/** Keeps a target's AUTO_INCREMENT above the source's, so that the first insert after a hand-off meets no copied row. */
public final class AutoIncrementRoom {
    private AutoIncrementRoom() {}

    /**
     * Raises the target's next value to the source's plus {@code room} where it is below; it is never lowered, so repeating is
     * harmless. Answers the value that was set, empty when nothing was to do. Waits at most 5 s for the table's metadata lock.
     */
    public static OptionalLong raise(Connection source, Connection target, String table, long room)
            throws SQLException {
        long wanted = next(source, table) + room;
        if (next(target, table) >= wanted) {
            return OptionalLong.empty();
        }
        Sql.update(target, "SET SESSION lock_wait_timeout = 5"); // behind a longer wait every statement would queue
        Sql.update(target, "ALTER TABLE " + Identifiers.quote(table) + " AUTO_INCREMENT = " + wanted);
        return OptionalLong.of(wanted);
    }

    /** The next value that the table would give, 1 for one that never gave any. */
    static long next(Connection connection, String table) throws SQLException {
        List<Long> found = Sql.query(
                connection,
                row -> Math.max(1, row.getLong(1)),
                // The server keeps these figures for a day unless told otherwise.
                "SELECT /*+ SET_VAR(information_schema_stats_expiry = 0) */ AUTO_INCREMENT"
                        + " FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?",
                table);
        if (found.isEmpty()) {
            throw new SQLException("no table " + table, "42S02", 1146);
        }
        return found.get(0);
    }
}
