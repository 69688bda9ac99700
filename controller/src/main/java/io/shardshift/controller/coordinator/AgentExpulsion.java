package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.controller.bookkeeping.AgentRows;
import io.shardshift.controller.bookkeeping.Kill;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSessions.Purpose;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
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
                AgentRows.expel(session.connection(), agent.id(), agent.host(), agent.pid());
                if (Kill.connectionsOfExpelled(session.connection(), agent.id()) > 0) {
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
}
