package io.shardshift.agent.jdbc;

import io.shardshift.shard.Credentials;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Any program that takes a JDBC URL can use Shardshift unchanged: {@code jdbc:shardshift://zk1:2181/shop}. One agent for
 * each URL in a JVM, ended by a shutdown hook. Thread-safe.
 */
public final class ShardshiftDriver implements Driver {
    private static final Map<AgentOptions, ShardshiftDataSource> AGENTS = new ConcurrentHashMap<>();

    static {
        try {
            DriverManager.registerDriver(new ShardshiftDriver());
        } catch (SQLException e) {
            throw new ExceptionInInitializerError(e);
        }
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> AGENTS.values().forEach(ShardshiftDataSource::close), "shardshift-sign-off"));
    }

    @Override
    public @Nullable Connection connect(String url, Properties properties) throws SQLException {
        if (!acceptsURL(url)) {
            return null; // as JDBC has it: another driver's
        }
        AgentOptions options = AgentOptions.parse(url, properties);
        ShardshiftDataSource known = AGENTS.get(options);
        if (known == null) {
            synchronized (AGENTS) {
                known = AGENTS.get(options);
                if (known == null) {
                    known = new ShardshiftDataSource(url, properties, Credentials.ofEnvironment());
                    AGENTS.put(options, known);
                }
            }
        }
        return known.getConnection();
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(AgentOptions.PREFIX);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
        DriverPropertyInfo pool = new DriverPropertyInfo("maximumPoolSize", "10");
        pool.description = "connections to each shard";
        DriverPropertyInfo timeout = new DriverPropertyInfo("writeTimeout", "5s");
        timeout.description = "how long a write may wait for a hand-off, and a commit for its mirror";
        return new DriverPropertyInfo[] {pool, timeout};
    }

    @Override
    public int getMajorVersion() {
        return 0;
    }

    @Override
    public int getMinorVersion() {
        return 1;
    }

    @Override
    public boolean jdbcCompliant() {
        return false; // a statement that cannot be routed is refused
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("it logs by SLF4J");
    }
}
