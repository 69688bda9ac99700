package io.shardshift.controller.bookkeeping;

import io.shardshift.api.routing.GroupId;
import io.shardshift.shard.ShardTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who holds a group up on a shard: what an operator reads in {@code blockedBy}. Needs performance_schema. */
public final class Blockers {
    /**
     * A transaction.
     *
     * @param connection id for KILL
     * @param agent id of the agent, empty for a writer that is none
     * @param host of the agent as it registered, else as the server sees the client
     * @param process pid of the agent, empty where unknown
     * @param statement the last statement with {@code ?} for values, empty where unknown
     */
    public record Blocker(
            long connection,
            Optional<String> agent,
            String host,
            Optional<Long> process,
            String user,
            String statement,
            Duration age,
            long rowsModified,
            Fence fence) {}

    /** What a transaction has to do with the group's fence row. */
    public enum Fence {
        NONE,
        HOLDS,
        WAITS
    }

    private static final int STATEMENT_CHARS = 1_024;

    private static final String TRANSACTIONS = "SELECT t.trx_mysql_thread_id,"
            + " (SELECT MAX(c.ATTR_VALUE) FROM performance_schema.session_connect_attrs c"
            + "  WHERE c.PROCESSLIST_ID = t.trx_mysql_thread_id AND c.ATTR_NAME = 'program_name') AS program,"
            + " th.PROCESSLIST_HOST, th.PROCESSLIST_USER,"
            + " (SELECT MAX(s.DIGEST_TEXT) FROM performance_schema.events_statements_current s"
            + "  WHERE s.THREAD_ID = th.THREAD_ID) AS statement,"
            + " TIMESTAMPDIFF(MICROSECOND, t.trx_started, NOW(6)) AS age, t.trx_rows_modified,"
            + " (SELECT MAX(l.LOCK_STATUS) FROM performance_schema.data_locks l"
            + "  WHERE l.ENGINE_TRANSACTION_ID = t.trx_id AND l.OBJECT_SCHEMA = DATABASE() AND l.OBJECT_NAME = ?"
            + "  AND l.LOCK_TYPE = 'RECORD' AND l.LOCK_DATA = ?) AS fence"
            + " FROM information_schema.INNODB_TRX t"
            + " JOIN performance_schema.threads th ON th.PROCESSLIST_ID = t.trx_mysql_thread_id"
            + " WHERE t.trx_mysql_thread_id <> CONNECTION_ID()";

    private static final String IN_THE_WAY = "SELECT * FROM (" + TRANSACTIONS
            + ") AS found WHERE fence IS NOT NULL ORDER BY fence = 'GRANTED' DESC, age DESC";

    private static final String LONG = "SELECT * FROM (" + TRANSACTIONS
            + " AND (th.PROCESSLIST_DB = DATABASE() OR EXISTS (SELECT 1 FROM performance_schema.data_locks d"
            + "  WHERE d.ENGINE_TRANSACTION_ID = t.trx_id AND d.OBJECT_SCHEMA = DATABASE()))"
            + ") AS found WHERE age >= ? ORDER BY age DESC";

    private Blockers() {}

    /** Transactions that hold or wait for the fence row of {@code group}: holders first, then oldest first (in seconds). */
    public static List<Blocker> ofFence(Connection connection, GroupId group) throws SQLException {
        List<AgentRows.AgentRow> agents = AgentRows.list(connection);
        return Sql.query(connection, row -> blocker(row, agents), IN_THE_WAY, ShardTables.FENCE, lockData(group));
    }

    /**
     * Transactions in this schema that are at least {@code age} old, oldest first: a hand-off of {@code group} would wait for
     * those among them that hold its fence, and all keep the undo log.
     */
    public static List<Blocker> longTransactions(Connection connection, GroupId group, Duration age)
            throws SQLException {
        List<AgentRows.AgentRow> agents = AgentRows.list(connection);
        return Sql.query(
                connection,
                row -> blocker(row, agents),
                LONG,
                ShardTables.FENCE,
                lockData(group),
                age.toNanos() / 1_000);
    }

    /** A primary key as data_locks prints it; the characters of a migration's id need no escape. */
    private static String lockData(GroupId group) {
        return "'" + group.migration() + "', " + group.number();
    }

    private static Blocker blocker(ResultSet row, List<AgentRows.AgentRow> agents) throws SQLException {
        String program = Sql.text(row, 2);
        Optional<String> agent = program.startsWith(Kill.AGENT_PROGRAM)
                ? Optional.of(program.substring(Kill.AGENT_PROGRAM.length()))
                : Optional.empty();
        Optional<AgentRows.AgentRow> registered = agents.stream()
                .filter(known -> agent.isPresent() && known.agent().value().equals(agent.get()))
                .findFirst();
        String statement = Sql.text(row, 5);
        return new Blocker(
                row.getLong(1),
                agent,
                registered.map(AgentRows.AgentRow::host).orElse(Sql.text(row, 3)),
                registered.map(AgentRows.AgentRow::pid),
                Sql.text(row, 4),
                statement.substring(0, Math.min(STATEMENT_CHARS, statement.length())),
                Duration.ofNanos(Math.max(0, row.getLong(6)) * 1_000),
                row.getLong(7),
                switch (Sql.text(row, 8)) {
                    case "GRANTED" -> Fence.HOLDS;
                    case "" -> Fence.NONE;
                    default -> Fence.WAITS; // a transaction that does both is MAX: it waits
                });
    }
}
