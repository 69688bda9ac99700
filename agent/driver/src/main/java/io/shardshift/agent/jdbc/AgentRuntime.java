package io.shardshift.agent.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.shardshift.agent.routes.RouteSnapshot;
import io.shardshift.agent.routes.RouteWatch;
import io.shardshift.agent.transaction.FenceWait;
import io.shardshift.agent.transaction.PausePoint;
import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.Registration;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One agent: its registration, routes, pools and catalog. Thread-safe; one per data source. */
final class AgentRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentRuntime.class);
    private static final String VERSION = "0.1.0";

    private final AgentOptions options;
    private final Timing timing = SystemTiming.INSTANCE;
    private final Credentials credentials;
    private final CuratorCoordination coordination;
    private final RouteWatch routes;
    private final Thread loop;
    private final JdbcShardSessions sessions;
    private final FenceWait fenceWait;
    private final Map<ShardName, HikariDataSource> pools = new ConcurrentHashMap<>();
    private final AtomicLong lateMirrorRows = new AtomicLong();
    private volatile @Nullable CatalogOf catalog;
    private volatile PausePoint.Hook pauses = PausePoint.NONE;

    private record CatalogOf(RouteSnapshot snapshot, Catalog catalog) {}

    private AgentRuntime(
            AgentOptions options, Credentials credentials, CuratorCoordination coordination, RouteWatch routes) {
        this.options = options;
        this.credentials = credentials;
        this.coordination = coordination;
        this.routes = routes;
        this.sessions = new JdbcShardSessions(
                shard -> routes.current().table().endpoint(shard), credentials, timing, programName());
        this.fenceWait = new FenceWait(sessions);
        this.loop = new Thread(routes::run, "shardshift-agent-routes");
        loop.setDaemon(true);
        loop.start();
    }

    static AgentRuntime start(AgentOptions options, Credentials credentials) throws SQLException {
        CuratorCoordination coordination =
                CuratorCoordination.connect(options.zookeeper(), Duration.ofSeconds(10), Duration.ofSeconds(15));
        try {
            String host = hostName();
            AgentRecord self = new AgentRecord(
                    new AgentId(host.replaceAll("[^A-Za-z0-9]", "-") + "-"
                            + ProcessHandle.current().pid() + "-"
                            + UUID.randomUUID().toString().substring(0, 8)),
                    host,
                    ProcessHandle.current().pid(),
                    VERSION,
                    SystemTiming.INSTANCE.now(),
                    null,
                    List.of(),
                    List.of());
            RouteWatch routes = RouteWatch.open(coordination, options.keyspace(), self, SystemTiming.INSTANCE);
            return new AgentRuntime(options, credentials, coordination, routes);
        } catch (CoordinationException | IllegalStateException e) {
            coordination.close();
            throw new SQLException(
                    "the agent of keyspace " + options.keyspace() + " cannot start: " + e.getMessage(), "08001", e);
        }
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

    AgentOptions options() {
        return options;
    }

    Timing timing() {
        return timing;
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

    PausePoint.Hook pauses() {
        return pauses;
    }

    /** For tests: what happens at the named places of each commit. */
    void pauseWith(PausePoint.Hook hook) {
        pauses = hook;
    }

    void countLateMirrorRows(long rows) {
        lateMirrorRows.addAndGet(rows);
    }

    /** Rows acknowledged though the mirror's commit was lost; the stream mends them [28]. */
    long lateMirrorRows() {
        return lateMirrorRows.get();
    }

    /** The catalog under {@code snapshot}: read again when a migration begins or ends, for definitions may change between. */
    Catalog catalog(RouteSnapshot snapshot) throws SQLException {
        CatalogOf known = catalog;
        if (known != null && isFor(known.snapshot(), snapshot)) {
            return known.catalog();
        }
        synchronized (this) {
            known = catalog;
            if (known == null || !isFor(known.snapshot(), snapshot)) {
                ShardName shard = snapshot.table().slotMap().shards().firstKey();
                try (Connection connection = pool(shard).getConnection()) {
                    known = new CatalogOf(
                            snapshot, Catalog.read(snapshot.table().keyspace(), connection));
                }
                catalog = known;
            }
            return known.catalog();
        }
    }

    private static boolean isFor(RouteSnapshot known, RouteSnapshot now) {
        return known == now
                || (java.util.Objects.equals(
                                known.table().migration(), now.table().migration())
                        && known.table().keyspace().equals(now.table().keyspace()));
    }

    /** A pooled connection to the shard; the pool is opened, and the agent registered there, when first needed. */
    Connection connect(ShardName shard) throws SQLException {
        return pool(shard).getConnection();
    }

    private HikariDataSource pool(ShardName shard) throws SQLException {
        HikariDataSource pool = pools.get(shard);
        return pool != null ? pool : openPool(shard);
    }

    private synchronized HikariDataSource openPool(ShardName shard) throws SQLException {
        HikariDataSource present = pools.get(shard);
        if (present != null) {
            return present;
        }
        ShardEndpoint endpoint = routes.current().table().endpoint(shard);
        Properties properties = properties(endpoint);
        try (Connection first = DriverManager.getConnection(endpoint.url(), properties)) {
            Registration.register(
                    first, routes.id(), hostName(), ProcessHandle.current().pid()); // [29]
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("shardshift-" + options.keyspace() + "-" + shard);
        config.setDataSource(new CheckedDataSource(endpoint.url(), properties, routes.id()));
        config.setMaximumPoolSize(options.maximumPoolSize());
        config.setMinimumIdle(0);
        config.setConnectionTimeout(Math.max(250, options.writeTimeout().toMillis()));
        HikariDataSource pool = new HikariDataSource(config);
        pools.put(shard, pool);
        return pool;
    }

    private Properties properties(ShardEndpoint endpoint) {
        Properties properties = JdbcShardSessions.properties(endpoint, credentials, programName());
        properties.putAll(options.mysql());
        Integer increment = routes.current().table().keyspace().autoIncrementIncrement();
        if (increment != null && endpoint.autoIncrementOffset() > 0) {
            // By sessionVariables: Connector/J reads the increment once, at connect, to compute generated keys.
            properties.setProperty(
                    "sessionVariables",
                    "auto_increment_increment=" + increment + ",auto_increment_offset="
                            + endpoint.autoIncrementOffset());
        }
        return properties;
    }

    /** Ends the agent: connections first, then the mark that it ended cleanly. */
    @Override
    public void close() {
        for (Map.Entry<ShardName, HikariDataSource> pool : pools.entrySet()) {
            pool.getValue().close();
            ShardEndpoint endpoint = routes.current().table().shards().get(pool.getKey());
            if (endpoint != null) {
                try (Connection last = DriverManager.getConnection(endpoint.url(), properties(endpoint))) {
                    Registration.signOff(last, routes.id());
                } catch (SQLException e) {
                    LOG.warn("not signed off on {}: the controller will expel this agent's row", pool.getKey(), e);
                }
            }
        }
        pools.clear();
        sessions.close();
        routes.stop();
        try {
            loop.join(5_000);
            routes.signOff();
        } catch (CoordinationException e) {
            LOG.warn("not signed off in ZooKeeper: the controller will expel this agent", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        coordination.close();
    }
}
