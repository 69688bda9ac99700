package io.shardshift.controller.bookkeeping;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** How long a server keeps its binlogs. */
public final class BinlogRetention {
    private BinlogRetention() {}

    /** The age at which the server purges a binlog by itself; empty where it never does. */
    public static Optional<Duration> of(Connection connection) throws SQLException {
        return Sql.query(
                        connection,
                        row -> row.getBoolean(2) ? Duration.ofSeconds(row.getLong(1)) : Duration.ZERO,
                        // The switch came with 8.0.29; before it only 0 seconds turned the purge off.
                        "SELECT @@binlog_expire_logs_seconds, COALESCE((SELECT VARIABLE_VALUE = 'ON'"
                                + " FROM performance_schema.global_variables"
                                + " WHERE VARIABLE_NAME = 'binlog_expire_logs_auto_purge'), 1)")
                .stream()
                .filter(kept -> !kept.isZero())
                .findFirst();
    }
}
