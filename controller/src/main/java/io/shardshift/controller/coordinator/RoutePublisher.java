package io.shardshift.controller.coordinator;

import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Publishes route tables of one keyspace, each in one ZooKeeper transaction that checks the leader's term and the version
 * [13], and waits for acknowledgements: the agents are listed after the publication [29]. Thread-safe by lock.
 */
public final class RoutePublisher {
    /** Between two looks at the agents' nodes; a watch for each of hundreds of agents would cost more. */
    private static final Duration LOOK = Duration.ofMillis(20);

    private final LeaderStore store;
    private final KeyspaceName keyspace;

    public RoutePublisher(LeaderStore store, KeyspaceName keyspace) {
        this.store = store;
        this.keyspace = keyspace;
    }

    public RouteTable current() throws CoordinationException {
        return store.read(ZnodePaths.routes(keyspace), RouteTable.class)
                .map(LeaderStore.Stored::value)
                .orElseThrow(() -> new IllegalStateException("keyspace " + keyspace + " has no routes"));
    }

    /** Publishes {@code change} of today's table under the next epoch; one that changes nothing publishes nothing. */
    public RouteTable publish(UnaryOperator<RouteTable> change, List<Operation> together)
            throws CoordinationException, LeadershipLost {
        return publish(change, together, false);
    }

    /** Publishes today's table again: the time until it is acknowledged is what any change of it would take now. */
    public RouteTable publishAgain() throws CoordinationException, LeadershipLost {
        return publish(UnaryOperator.identity(), List.of(), true);
    }

    private synchronized RouteTable publish(
            UnaryOperator<RouteTable> change, List<Operation> together, boolean unchangedToo)
            throws CoordinationException, LeadershipLost {
        LeaderStore.Stored<RouteTable> stored = store.read(ZnodePaths.routes(keyspace), RouteTable.class)
                .orElseThrow(() -> new IllegalStateException("keyspace " + keyspace + " has no routes"));
        RouteTable next = change.apply(stored.value());
        if (next.equals(stored.value()) && together.isEmpty() && !unchangedToo) {
            return next;
        }
        next = withEpoch(next, stored.value().epoch().next());
        List<Operation> operations = new ArrayList<>(together);
        operations.add(new Operation.Set(ZnodePaths.routes(keyspace), Json.write(next), stored.version()));
        store.write(operations);
        return next;
    }

    /** The routes of these groups replaced, the others kept. */
    public RouteTable publishRoutes(MigrationId migration, boolean strict, List<Route> changed)
            throws CoordinationException, LeadershipLost {
        return publish(
                table -> {
                    SortedMap<GroupId, Route> routes = new TreeMap<>();
                    table.routes().forEach(route -> routes.put(route.group().id(), route));
                    changed.forEach(route -> routes.put(route.group().id(), route));
                    return new RouteTable(
                            table.epoch(),
                            table.keyspace(),
                            table.shards(),
                            table.slotMap(),
                            List.copyOf(routes.values()),
                            migration,
                            strict);
                },
                List.of());
    }

    /** The end of a migration: fence-free routes under {@code slotMap}, in one transaction with {@code together} [38]. */
    public RouteTable publishEnd(SlotMap slotMap, List<Operation> together)
            throws CoordinationException, LeadershipLost {
        return publish(
                table ->
                        new RouteTable(table.epoch(), table.keyspace(), table.shards(), slotMap, List.of(), null, true),
                together);
    }

    /** Adds shards, so that agents know how to reach them before a route names them. */
    public void addShards(SortedMap<ShardName, ShardEndpoint> shards) throws CoordinationException, LeadershipLost {
        publish(
                table -> {
                    SortedMap<ShardName, ShardEndpoint> all = new TreeMap<>(table.shards());
                    all.putAll(shards);
                    return new RouteTable(
                            table.epoch(),
                            table.keyspace(),
                            all,
                            table.slotMap(),
                            table.routes(),
                            table.migration(),
                            table.strictReads());
                },
                List.of());
    }

    /** The keyspace with tables added, in one transaction with {@code together}. */
    public RouteTable publishKeyspace(Keyspace keyspace, List<Operation> together)
            throws CoordinationException, LeadershipLost {
        return publish(
                table -> new RouteTable(
                        table.epoch(),
                        keyspace,
                        table.shards(),
                        table.slotMap(),
                        table.routes(),
                        table.migration(),
                        table.strictReads()),
                together);
    }

    private static RouteTable withEpoch(RouteTable table, RoutesEpoch epoch) {
        return new RouteTable(
                epoch,
                table.keyspace(),
                table.shards(),
                table.slotMap(),
                table.routes(),
                table.migration(),
                table.strictReads());
    }

    public List<AgentRecord> agents() throws CoordinationException {
        List<AgentRecord> agents = new ArrayList<>();
        for (String name : store.children(ZnodePaths.agents(keyspace))) {
            store.read(ZnodePaths.agent(keyspace, new AgentId(name)), AgentRecord.class)
                    .ifPresent(agent -> agents.add(agent.value()));
        }
        return agents;
    }

    public boolean hasContact(AgentId agent) throws CoordinationException {
        return store.exists(ZnodePaths.agentContact(keyspace, agent));
    }

    /**
     * Waits until every registered agent has acknowledged {@code epoch} or a later one; names who has not. One that was
     * expelled is forgotten, so that nobody waits for it again.
     */
    public void awaitAcknowledged(RoutesEpoch epoch, Expulsion expulsion, Deadline deadline)
            throws CoordinationException, LeadershipLost, ProblemException, InterruptedException {
        while (true) {
            AgentRecord behind = null;
            for (AgentRecord agent : agents()) {
                if (!isBehind(agent, epoch)) {
                    continue;
                }
                if (expulsion.expelIfGone(agent)) {
                    forget(agent.id());
                } else {
                    behind = agent;
                }
            }
            if (behind == null) {
                return;
            }
            if (deadline.hasPassed()) {
                throw new ProblemException(notAcknowledged(behind, epoch));
            }
            deadline.pause(LOOK);
        }
    }

    /** A process that lives learns by this that it is to register anew [29]. */
    private void forget(AgentId agent) throws CoordinationException, LeadershipLost {
        try {
            store.delete(ZnodePaths.agent(keyspace, agent));
        } catch (CoordinationException e) {
            if (e.kind() != CoordinationException.Kind.CONFLICT) {
                throw e;
            }
            // its contact came back: it leaves by itself when it finds the mark, and is forgotten the next time
        }
    }

    /** Expels agents that are gone [29]. */
    @FunctionalInterface
    public interface Expulsion {
        /** Whether the agent has been expelled everywhere, which is as good as acknowledged. */
        boolean expelIfGone(AgentRecord agent) throws CoordinationException;
    }

    public static boolean isBehind(AgentRecord agent, RoutesEpoch epoch) {
        @Nullable RoutesEpoch acknowledged = agent.acknowledged();
        return acknowledged == null || acknowledged.isBefore(epoch);
    }

    /** Who holds an acknowledgement up, and by what. */
    static Problem notAcknowledged(AgentRecord agent, RoutesEpoch epoch) {
        Problem problem = Problem.of(
                ErrorCode.AGENTS_NOT_ACKNOWLEDGED,
                "Agent {} (host {}, pid {}) has not acknowledged routes epoch {}. It goes on by itself when it has.",
                agent.id(),
                agent.host(),
                agent.pid(),
                epoch);
        if (agent.holding().isEmpty()) {
            return problem.because("it may be paused or cut off from ZooKeeper")
                    .remedy("look at that process; without contact for 30 s it is expelled");
        }
        AgentRecord.Holding holding = agent.holding().get(0);
        return problem.because(
                        "thread {} holds it up since {}: {}", holding.thread(), holding.since(), holding.statement())
                .remedy("end that transaction");
    }
}
