package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.coordination.CoordinationException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * When agents were last in contact, as this controller saw it: it is not stored, so a new leader does not know it of an agent
 * that is without contact since before. Looks are for one thread, all else is thread-safe.
 */
final class AgentContacts {
    /** Between two looks: each asks for the contact of every agent. */
    static final Duration LOOK = Duration.ofSeconds(5);

    private final Timing timing;
    private final Map<AgentId, Instant> seen = new ConcurrentHashMap<>();
    private @Nullable Deadline next;

    AgentContacts(Timing timing) {
        this.timing = timing;
    }

    /** Notes who is in contact now, in every keyspace; does nothing soon after the last look. */
    void look(LeaderStore store) throws CoordinationException {
        if (next != null && !next.hasPassed()) {
            return;
        }
        next = timing.deadlineIn(LOOK);
        Set<AgentId> registered = new HashSet<>();
        for (String name : store.children(ZnodePaths.keyspaces())) {
            KeyspaceName keyspace = new KeyspaceName(name);
            RoutePublisher routes = new RoutePublisher(store, keyspace);
            for (String agent : store.children(ZnodePaths.agents(keyspace))) {
                AgentId id = new AgentId(agent);
                registered.add(id);
                note(id, routes.hasContact(id));
            }
        }
        seen.keySet().retainAll(registered);
    }

    /** Notes whether the agent has contact now, and answers when it was last seen to have it; null: never. */
    @Nullable
    Instant note(AgentId agent, boolean inContact) {
        if (inContact) {
            seen.put(agent, timing.now());
        }
        return seen.get(agent);
    }
}
