package io.shardshift.agent.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.shardshift.agent.routes.RouteWatch;
import io.shardshift.agent.transaction.FenceWait;
import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.Registration;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One registration of the agent: an id that is never used again, its routes and every connection opened under it [29].
 * After an expulsion another one takes its place. Thread-safe.
 */
final class RegisteredAgent {
    private static final Logger LOG = LoggerFactory.getLogger(RegisteredAgent.class);
    private static final String VERSION = "0.1.0";
    private static final int ER_DUP_ENTRY = 1062;
    private static final long LOOP_ENDS_MILLIS = 5_000;

    private final AgentOptions options;
    private final Credentials credentials;
    private final RouteWatch routes;
    private final Thread loop;
    private final JdbcShardSessions sessions;
    private final FenceWait fenceWait;
    private final Map<ShardName, HikariDataSource> pools = new ConcurrentHashMap<>();
    private final Map<ShardName, Object> opening = new ConcurrentHashMap<>();
    private final Set<ShardName> connectingAhead = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private final Set<ShardName> collectsUpsertedKeys = ConcurrentHashMap.newKeySet();

    private RegisteredAgent(
            AgentOptions options, Credentials credentials, RouteWatch routes, Consumer<RegisteredAgent> expelled) {
        this.options = options;
        this.credentials = credentials;
        this.routes = routes;
        this.sessions = new JdbcShardSessions(
                shard -> routes.current().table().endpoint(shard), credentials, SystemTiming.INSTANCE, programName());
        this.fenceWait = new FenceWait(sessions);
        this.loop = new Thread(
                () -> routes.run(() -> expelled.accept(this), this::connectAhead), "shardshift-agent-routes");
        loop.setDaemon(true);
    }

    /**
     * Registers in ZooKeeper under a new id.
     *
     * @param expelled told, on the loop's thread, when the agent finds that it was expelled
     */
    static RegisteredAgent register(
            AgentOptions options,
            Credentials credentials,
            Coordination coordination,
            Consumer<RegisteredAgent> expelled)
            throws CoordinationException {
        String host = hostName();
        long pid = ProcessHandle.current().pid();
        AgentId id = new AgentId(host.replaceAll("[^A-Za-z0-9]", "-") + "-" + pid + "-"
                + UUID.randomUUID().toString().substring(0, 8));
        AgentRecord self =
                new AgentRecord(id, host, pid, VERSION, SystemTiming.INSTANCE.now(), null, List.of(), List.of());
        RouteWatch routes = RouteWatch.open(coordination, options.keyspace(), self, SystemTiming.INSTANCE);
        RegisteredAgent agent = new RegisteredAgent(options, credentials, routes, expelled);
        agent.loop.start();
        return agent;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }

    private String programName() {
        return "shardshift-agent-" + routes.id();
    }

    RouteWatch routes() {
        return routes;
    }

    JdbcShardSessions sessions() {
        return sessions;
    }

    FenceWait fenceWait() {
        return fenceWait;
    }

    /** Whether the shard's server passed the self-test of {@link UpsertedKeys} [17]. */
    boolean collectsUpsertedKeys(ShardName shard) {
        return collectsUpsertedKeys.contains(shard);
    }

    /** A pooled connection; the pool is opened, and the agent's row written there, when the shard is first needed. */
    Connection connect(ShardName shard) throws SQLException {
        HikariDataSource pool = pools.get(shard);
        return (pool != null ? pool : openPool(shard)).getConnection();
    }

    /** Connections to a shard that a migration brings are opened before the first write needs them, or it would wait. */
    private void connectAhead(RouteTable table) {
        Set<ShardName> ahead = new TreeSet<>();
        for (Route route : table.routes()) {
            ahead.add(route.owner());
            ahead.add(route.mirror());
        }
        ahead.removeAll(pools.keySet());
        for (ShardName shard : ahead) {
            if (connectingAhead.add(shard)) { // one at a time: a shard that does not answer would gather them
                Thread thread = new Thread(() -> tryToConnectAhead(shard), "shardshift-agent-connect-" + shard);
                thread.setDaemon(true);
                thread.start();
            }
        }
    }

    private void tryToConnectAhead(ShardName shard) {
        try {
            connectAhead(shard);
        } finally {
            connectingAhead.remove(shard);
        }
    }

    private void connectAhead(ShardName shard) {
        int most = 1;
        for (HikariDataSource pool : pools.values()) {
            most = Math.max(most, pool.getHikariPoolMXBean().getTotalConnections());
        }
        List<Connection> opened = new ArrayList<>();
        try {
            while (opened.size() < most) {
                opened.add(connect(shard));
            }
        } catch (SQLException e) {
            LOG.info("{} is not connected to ahead of its first use: {}", shard, e.getMessage());
        }
        for (Connection connection : opened) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.info("a connection to {} was lost before its first use: {}", shard, e.getMessage());
            }
        }
    }

    private HikariDataSource openPool(ShardName shard) throws SQLException {
        synchronized (
                opening.computeIfAbsent(shard, any -> new Object())) { // one that does not answer holds no other up
            return openPoolAlone(shard);
        }
    }

    private HikariDataSource openPoolAlone(ShardName shard) throws SQLException {
        HikariDataSource present = pools.get(shard);
        if (present != null) {
            return present;
        }
        ShardEndpoint endpoint = routes.current().table().endpoint(shard);
        Properties properties = properties(endpoint);
        try (Connection first = DriverManager.getConnection(endpoint.url(), properties)) {
            register(first);
            routes.registeredOn(shard);
            if (UpsertedKeys.selfTest(first)) {
                collectsUpsertedKeys.add(shard);
            }
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("shardshift-" + options.keyspace() + "-" + shard);
        config.setDataSource(new CheckedDataSource(endpoint.url(), properties, routes.id()));
        config.setMaximumPoolSize(options.maximumPoolSize());
        config.setMinimumIdle(0);
        config.setInitializationFailTimeout(-1); // a shard that is out of reach is an SQLException of getConnection
        config.setConnectionTimeout(Math.max(250, options.writeTimeout().toMillis()));
        HikariDataSource pool = new HikariDataSource(config);
        pools.put(shard, pool);
        if (closed) {
            closePools(); // it may have missed this one
        }
        return pool;
    }

    /** A row that is there already is this agent's own, from a try whose answer was lost, and is read as it is. */
    private void register(Connection connection) throws SQLException {
        try {
            Registration.register(
                    connection, routes.id(), hostName(), ProcessHandle.current().pid());
        } catch (SQLException e) {
            if (e.getErrorCode() != ER_DUP_ENTRY) {
                throw e;
            }
            try {
                Registration.check(connection, routes.id());
            } catch (Registration.Expelled expelled) {
                throw AgentErrors.expelled(expelled);
            }
        }
    }

    private Properties properties(ShardEndpoint endpoint) {
        Properties properties = JdbcShardSessions.properties(endpoint, credentials, programName());
        properties.putAll(options.mysql());
        Integer increment = routes.current().table().keyspace().autoIncrementIncrement();
        if (increment != null && endpoint.autoIncrementOffset() > 0) {
            // By sessionVariables: Connector/J reads the increment once, at connect, to compute generated keys.
            String ours = "auto_increment_increment=" + increment + ",auto_increment_offset="
                    + endpoint.autoIncrementOffset();
            properties.merge("sessionVariables", ours, (theirs, added) -> theirs + "," + added);
        }
        return properties;
    }

    /** After an expulsion: every connection of this id is closed, so that nothing reads under it any more [29]. */
    void leave() {
        closePools();
        routes.leave();
    }

    /** A clean end: connections first, then the mark on each shard, then the one in ZooKeeper. */
    void signOff() {
        List<ShardName> used = List.copyOf(pools.keySet());
        closePools();
        for (ShardName shard : used) {
            ShardEndpoint endpoint = routes.current().table().shards().get(shard);
            if (endpoint != null) {
                try (Connection last = DriverManager.getConnection(endpoint.url(), properties(endpoint))) {
                    Registration.signOff(last, routes.id());
                } catch (SQLException e) {
                    LOG.warn("not signed off on {}: the controller will expel this agent's row", shard, e);
                }
            }
        }
        routes.stop();
        try {
            loop.join(LOOP_ENDS_MILLIS);
            routes.signOff();
        } catch (CoordinationException e) {
            LOG.warn("not signed off in ZooKeeper: the controller will expel this agent", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void closePools() {
        closed = true;
        pools.values().forEach(HikariDataSource::close);
        pools.clear();
        sessions.close();
    }
}
