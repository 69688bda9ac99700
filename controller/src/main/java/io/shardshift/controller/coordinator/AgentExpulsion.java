package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardTables;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Expels agents without contact for 30 s, by no person [29]: first their row becomes EXPELLED on every shard, then their
 * connections there are killed; when none is left they read nothing any more. Thread-safe by lock.
 */
final class AgentExpulsion implements RoutePublisher.Expulsion {
    private static final Logger LOG = LoggerFactory.getLogger(AgentExpulsion.class);
    private static final Duration WITHOUT_CONTACT = Duration.ofSeconds(30);
    private static final Duration CALL = Duration.ofSeconds(5);

    /** Whether an agent has contact now. */
    @FunctionalInterface
    interface Contact {
        boolean has(AgentId agent) throws CoordinationException;
    }

    private final JdbcShardSessions sessions;
    private final Supplier<Set<ShardName>> shards;
    private final Contact contact;
    private final Timing timing;
    private final Map<AgentId, Instant> lostSince = new HashMap<>();
    private final Set<AgentId> expelled = new HashSet<>();

    AgentExpulsion(JdbcShardSessions sessions, Supplier<Set<ShardName>> shards, Contact contact, Timing timing) {
        this.sessions = sessions;
        this.shards = shards;
        this.contact = contact;
        this.timing = timing;
    }

    @Override
    public synchronized boolean expelIfGone(AgentRecord agent) throws CoordinationException {
        if (expelled.contains(agent.id())) {
            return true;
        }
        if (contact.has(agent.id())) {
            lostSince.remove(agent.id());
            return false;
        }
        Instant since = lostSince.computeIfAbsent(agent.id(), any -> timing.now());
        if (Duration.between(since, timing.now()).compareTo(WITHOUT_CONTACT) < 0) {
            return false;
        }
        for (ShardName shard : shards.get()) {
            try (JdbcShardSession session = sessions.open(shard, Purpose.PLAIN, timing.deadlineIn(CALL))) {
                mark(session, agent);
                session.commit();
                if (killConnections(session, agent.id()) > 0) {
                    return false; // looked at again: none may be left
                }
            } catch (ShardException | SQLException e) {
                LOG.warn("agent {} cannot be expelled on {} now: {}", agent.id(), shard, e.getMessage());
                return false; // while a shard cannot be reached nobody can be expelled there
            }
        }
        LOG.info(
                "agent {} (host {}, pid {}) was without contact since {} and is expelled",
                agent.id(),
                agent.host(),
                agent.pid(),
                since);
        expelled.add(agent.id());
        return true;
    }

    private static void mark(JdbcShardSession session, AgentRecord agent) throws SQLException {
        try (PreparedStatement statement = session.connection()
                .prepareStatement("INSERT INTO " + ShardTables.AGENT + " VALUES (?, 'EXPELLED', ?, ?, NOW(6))"
                        + " ON DUPLICATE KEY UPDATE state = 'EXPELLED'")) {
            statement.setString(1, agent.id().value());
            statement.setString(2, agent.host());
            statement.setLong(3, agent.pid());
            statement.executeUpdate();
        }
    }

    private static int killConnections(JdbcShardSession session, AgentId agent) throws SQLException {
        List<Long> connections = new ArrayList<>();
        try (PreparedStatement statement = session.connection()
                .prepareStatement("SELECT PROCESSLIST_ID FROM performance_schema.session_connect_attrs"
                        + " WHERE ATTR_NAME = 'program_name' AND ATTR_VALUE = ?")) {
            statement.setString(1, "shardshift-agent-" + agent);
            ResultSet result = statement.executeQuery();
            while (result.next()) {
                connections.add(result.getLong(1));
            }
        }
        try (Statement statement = session.connection().createStatement()) {
            for (long connection : connections) {
                statement.execute("KILL " + connection);
            }
        } catch (SQLException e) {
            if (e.getErrorCode() != 1094) { // it ended by itself meanwhile
                throw e;
            }
        }
        return connections.size();
    }
}
