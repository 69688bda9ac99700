package io.shardshift.cluster;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A schema of a test's own. */
public final class TestSchema implements AutoCloseable {
    private final MysqlServer server;
    private final String name;

    /** The schema {@code name}, which is there, on a server that the test started by itself. */
    public TestSchema(MysqlServer server, String name) {
        this.server = server;
        this.name = name;
    }

    public MysqlServer server() {
        return server;
    }

    public String name() {
        return name;
    }

    public String jdbcUrl() {
        return server.jdbcUrl(name);
    }

    public Connection connect() throws SQLException {
        return server.connect(name);
    }

    /** Runs the statements one by one in a session of their own, autocommit. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** All rows of a query, each value as text or null, in the query's order. */
    public List<List<String>> rows(String query) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<List<String>> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                String[] row = new String[columns];
                for (int i = 0; i < columns; i++) {
                    row[i] = result.getString(i + 1);
                }
                rows.add(Arrays.asList(row));
            }
            return rows;
        }
    }

    @Override
    public void close() throws SQLException {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE `" + name + "`");
        }
    }
}
