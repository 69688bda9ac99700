package io.shardshift.agent.jdbc;

import io.shardshift.api.routing.AgentId;
import io.shardshift.shard.Registration;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Opens connections for a pool; each reads the agent's own row first, so that an expelled agent reads nothing [29]. */
final class CheckedDataSource implements DataSource {
    private final String url;
    private final Properties properties;
    private final AgentId agent;

    CheckedDataSource(String url, Properties properties, AgentId agent) {
        this.url = url;
        this.properties = properties;
        this.agent = agent;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = DriverManager.getConnection(url, properties);
        try {
            Registration.check(connection, agent);
            return connection;
        } catch (Registration.Expelled e) {
            connection.close();
            throw AgentErrors.expelled(e);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the user comes from the shard's credentials");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // the pool sets one; Connector/J's own connectTimeout bounds the attempt
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("not a wrapper of " + type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
