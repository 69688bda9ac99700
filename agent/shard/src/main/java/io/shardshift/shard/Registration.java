package io.shardshift.shard;

import io.shardshift.api.routing.AgentId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An agent's own row on a shard [29]: written before the shard is first used, read first on each new connection, outside any
 * snapshot; never overwritten by the agent, never removed. Stateless.
 */
public final class Registration {
    /** The agent was expelled: its connections are being killed; it must register anew under another id. */
    public static final class Expelled extends Exception {
        Expelled(AgentId agent, String state) {
            super("agent " + agent + " is " + state + " here");
        }
    }

    private Registration() {}

    /** A plain INSERT: a row that is there, expelled perhaps, stays as it is. {@code connection} is in autocommit. */
    public static void register(Connection connection, AgentId agent, String host, long pid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + ShardTables.AGENT + " VALUES (?, 'REGISTERED', ?, ?, NOW(6))")) {
            statement.setString(1, agent.value());
            statement.setString(2, host);
            statement.setLong(3, pid);
            statement.executeUpdate();
        }
    }

    /** Throws unless the row says REGISTERED; no row counts as expelled. */
    public static void check(Connection connection, AgentId agent) throws SQLException, Expelled {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT state FROM " + ShardTables.AGENT + " WHERE agent = ?")) {
            statement.setString(1, agent.value());
            ResultSet result = statement.executeQuery();
            String state = result.next() ? result.getString(1) : "not registered";
            if (!state.equals("REGISTERED")) {
                throw new Expelled(agent, state);
            }
        }
    }

    /** Marks a clean end, after the agent's other connections to the shard were closed. */
    public static void signOff(Connection connection, AgentId agent) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE " + ShardTables.AGENT + " SET state = 'SIGNED_OFF' WHERE agent = ? AND state = 'REGISTERED'")) {
            statement.setString(1, agent.value());
            statement.executeUpdate();
        }
    }

    /** Ends another session of the same process, which may still hold a mirror's rows [28]; one that is gone is no error. */
    public static void kill(Connection connection, long connectionId) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("KILL " + connectionId);
        } catch (SQLException e) {
            if (e.getErrorCode() != 1094) { // unknown thread id
                throw e;
            }
        }
    }
}
