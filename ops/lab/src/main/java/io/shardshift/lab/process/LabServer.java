package io.shardshift.lab.process;

import io.shardshift.cluster.ClusterDescription;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/** A MySQL server by its address and a user that may do everything, and the schemas that were made there. Thread-safe. */
public final class LabServer {
    private final ClusterDescription.Mysql described;
    private final Set<String> made = new TreeSet<>();

    LabServer(ClusterDescription.Mysql described) {
        this.described = described;
    }

    public String name() {
        return described.name();
    }

    public String user() {
        return described.user();
    }

    public String password() {
        return described.password();
    }

    /** Its process, where it runs on this machine. */
    public Optional<ProcessHandle> process() {
        return ProcessHandle.of(described.pid())
                .filter(process -> process.info()
                        .command()
                        .map(command -> command.endsWith("mysqld"))
                        .orElse(false));
    }

    public String jdbcUrl(String schema) {
        return "jdbc:mysql://" + described.host() + ":" + described.port() + "/" + schema;
    }

    public Connection connect(String schema) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user());
        properties.setProperty("password", password());
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("sslMode", "PREFERRED");
        properties.setProperty("connectTimeout", "5000");
        return DriverManager.getConnection(jdbcUrl(schema), properties);
    }

    /** Makes an empty schema, which must not exist: what somebody else made is never touched. */
    public synchronized void createSchema(String schema) throws SQLException {
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE `" + schema + "` CHARACTER SET utf8mb4");
        } catch (SQLException e) {
            throw new SQLException(
                    "schema " + schema + " on " + name() + ": " + e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
        }
        made.add(schema);
    }

    /** Drops the schemas that were made by this object. */
    synchronized void dropMade() throws SQLException {
        if (made.isEmpty()) {
            return;
        }
        try (Connection connection = connect("");
                Statement statement = connection.createStatement()) {
            for (String schema : made) {
                statement.execute("DROP DATABASE IF EXISTS `" + schema + "`");
            }
        }
        made.clear();
    }
}
