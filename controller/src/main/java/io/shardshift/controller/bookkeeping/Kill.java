package io.shardshift.controller.bookkeeping;

import io.shardshift.api.routing.AgentId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Ends connections of others: an expelled agent's, and one that keeps a hand-off past its deadline. */
public final class Kill {
    /** What an agent's connections carry as {@code program_name}, before the agent's id. */
    static final String AGENT_PROGRAM = "shardshift-agent-";

    private static final int UNKNOWN_THREAD = 1094;

    private Kill() {}

    /** Ends one connection; one that is gone is no error. Returns before the server has rolled its transaction back. */
    public static void connection(Connection connection, long id) throws SQLException {
        try {
            Sql.update(connection, "KILL " + id);
        } catch (SQLException e) {
            if (e.getErrorCode() != UNKNOWN_THREAD) {
                throw e;
            }
        }
    }

    /**
     * Connections that carry the agent's id now. Needs performance_schema: without it the list would always be empty, which
     * preflight refuses.
     */
    public static List<Long> connectionsOf(Connection connection, AgentId agent) throws SQLException {
        return Sql.query(
                connection,
                row -> row.getLong(1),
                "SELECT PROCESSLIST_ID FROM performance_schema.session_connect_attrs"
                        + " WHERE ATTR_NAME = 'program_name' AND ATTR_VALUE = ? ORDER BY PROCESSLIST_ID",
                AGENT_PROGRAM + agent.value());
    }

    /** Ends the agent's connections and answers how many there were; look again until there are none [29]. */
    public static int connectionsOfExpelled(Connection connection, AgentId agent) throws SQLException {
        List<Long> found = connectionsOf(connection, agent);
        for (long id : found) {
            connection(connection, id);
        }
        return found.size();
    }
}
