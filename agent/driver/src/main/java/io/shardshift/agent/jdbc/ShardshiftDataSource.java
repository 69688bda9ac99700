package io.shardshift.agent.jdbc;

import io.shardshift.agent.transaction.PausePoint;
import io.shardshift.shard.Credentials;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.ShardingKey;
import java.sql.ShardingKeyBuilder;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * A keyspace as one {@link DataSource}: an agent of its own, with a pool to each shard. Thread-safe. Close it when the
 * application ends: an agent that just vanishes is waited for and expelled.
 *
 * <p>Errors carry a SQLState: 40001 run the transaction again, 08007 outcome unknown, 0A000 cannot be routed safely; all
 * else as MySQL has it.
 */
public final class ShardshiftDataSource implements DataSource, AutoCloseable {
    private final AgentRuntime agent;

    /** {@code url} as {@code jdbc:shardshift://zk1:2181,zk2:2181/keyspace?writeTimeout=5s}; secrets from the environment. */
    public ShardshiftDataSource(String url) throws SQLException {
        this(url, new Properties(), Credentials.ofEnvironment());
    }

    /** As above, with further parameters and another source of secrets. */
    public ShardshiftDataSource(String url, Properties parameters, Credentials credentials) throws SQLException {
        this.agent = AgentRuntime.start(AgentOptions.parse(url, parameters), credentials);
    }

    /** A connection that is cheap to open and to close: physical ones are leased when a shard is first used. */
    @Override
    public Connection getConnection() {
        return ConnectionProxy.of(new ApplicationSession(agent));
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the user comes from the shards' credentials");
    }

    /** For a shard key of the keyspace: {@code subkey} once for each of its columns, in order. */
    @Override
    public ShardingKeyBuilder createShardingKeyBuilder() {
        return new SubKeysBuilder();
    }

    /**
     * Connections that may be bound to a sharding key. A bound connection sends to that key's shard whatever any shard
     * could answer, and refuses with 0A000, before anything changes, a statement that names another key or changes one. A
     * statement that names none is as safe, or refused, as on any connection: the key does not make it so. Such a key can
     * be changed with {@link Connection#setShardingKey(ShardingKey)}, inside a transaction only to one of the same shard
     * (SQLState 25001).
     */
    @Override
    public ConnectionBuilder createConnectionBuilder() {
        return new BoundConnections(agent);
    }

    /** Identity under which the controller knows this agent. */
    public String agentId() {
        return agent.routes().id().value();
    }

    /** Epoch of the routes under which new transactions begin. */
    public long routesEpoch() {
        return agent.routes().current().table().epoch().value();
    }

    /** Rows acknowledged though the mirror's commit was lost; the change stream mends them. */
    public long lateMirrorRows() {
        return agent.lateMirrorRows();
    }

    void pauseWith(PausePoint.Hook hook) {
        agent.pauseWith(hook);
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        throw new SQLFeatureNotSupportedException("it logs by SLF4J");
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("it logs by SLF4J");
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("use the parameter writeTimeout");
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("it logs by SLF4J");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("not a wrapper of " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public void close() {
        agent.close();
    }
}
