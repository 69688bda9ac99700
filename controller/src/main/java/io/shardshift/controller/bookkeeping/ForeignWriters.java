package io.shardshift.controller.bookkeeping;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Open connections in a shard's schema that have written and are no agents': what they write past the fence is lost to the
 * other shard. Best effort: one that is closed, or names another schema in its statements, is not seen. Needs
 * performance_schema.
 */
public final class ForeignWriters {
    /** A connection with the number of its writing statements. */
    public record Writer(long connection, String user, String host, String program, long statements) {}

    private ForeignWriters() {}

    /** The writers that are open now, most statements first. */
    public static List<Writer> list(Connection connection) throws SQLException {
        return Sql.query(
                connection,
                row -> new Writer(row.getLong(1), Sql.text(row, 2), Sql.text(row, 3), Sql.text(row, 4), row.getLong(5)),
                "SELECT * FROM (SELECT th.PROCESSLIST_ID, th.PROCESSLIST_USER, th.PROCESSLIST_HOST,"
                        + " (SELECT MAX(c.ATTR_VALUE) FROM performance_schema.session_connect_attrs c"
                        + "  WHERE c.PROCESSLIST_ID = th.PROCESSLIST_ID AND c.ATTR_NAME = 'program_name') AS program,"
                        + " (SELECT SUM(s.COUNT_STAR) FROM performance_schema.events_statements_summary_by_thread_by_event_name s"
                        + "  WHERE s.THREAD_ID = th.THREAD_ID AND s.EVENT_NAME REGEXP"
                        + "  '^statement/sql/(insert|update|delete|replace|load|call)') AS written"
                        + " FROM performance_schema.threads th WHERE th.PROCESSLIST_DB = DATABASE()"
                        + " AND th.PROCESSLIST_ID <> CONNECTION_ID()) AS found"
                        + " WHERE written > 0 AND (program IS NULL OR program NOT LIKE 'shardshift-%')"
                        + " ORDER BY written DESC, PROCESSLIST_ID");
    }
}
