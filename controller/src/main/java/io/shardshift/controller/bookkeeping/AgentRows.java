package io.shardshift.controller.bookkeeping;

import io.shardshift.api.routing.AgentId;
import io.shardshift.shard.ShardTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Rows of agents on a shard, as the controller sees them. Rows are never removed and ids never used again [29]. */
public final class AgentRows {
    /** One agent's row. */
    public record AgentRow(AgentId agent, String state, String host, long pid) {}

    private AgentRows() {}

    /**
     * Marks the agent EXPELLED, by an upsert: an agent that has no row here yet finds the mark when it comes. Before its
     * connections are killed, never after: one opened in between would be missed [29].
     */
    public static void expel(Connection connection, AgentId agent, String host, long pid) throws SQLException {
        Sql.update(
                connection,
                "INSERT INTO " + ShardTables.AGENT + " (agent, state, host, pid, since) VALUES (?, 'EXPELLED', ?, ?,"
                        + " NOW(6)) ON DUPLICATE KEY UPDATE state = 'EXPELLED', since = NOW(6)",
                agent.value(),
                host,
                pid);
    }

    /** Every agent that ever registered here, in order of id. */
    public static List<AgentRow> list(Connection connection) throws SQLException {
        return Sql.query(
                connection,
                row -> new AgentRow(new AgentId(row.getString(1)), row.getString(2), row.getString(3), row.getLong(4)),
                "SELECT agent, state, host, pid FROM " + ShardTables.AGENT + " ORDER BY agent");
    }
}
