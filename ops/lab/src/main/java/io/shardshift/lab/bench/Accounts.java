package io.shardshift.lab.bench;

import com.mysql.cj.jdbc.JdbcStatement;
import io.shardshift.lab.process.LabServer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** The table that is measured with: rows of about 250 bytes, a key that grows, an index, a shard key that is not the key. */
final class Accounts {
    static final String TABLE = "accounts";
    static final String COLUMNS = "id, user_id, state, amount, created, note";
    static final String CREATE =
            "CREATE TABLE " + TABLE + " (id BIGINT NOT NULL AUTO_INCREMENT, user_id BIGINT NOT NULL, state VARCHAR(16)"
                    + " NOT NULL, amount DECIMAL(12,2) NOT NULL, created DATETIME(6) NOT NULL, note"
                    + " VARCHAR(255) NOT NULL, PRIMARY KEY (id), KEY by_user (user_id)) ENGINE=InnoDB"
                    + " DEFAULT CHARSET=utf8mb4";

    private static final int ROWS_PER_LOAD = 10_000;
    private static final String NOTE = "delivered to the neighbour; ".repeat(7);

    private Accounts() {}

    /** A connection that may LOAD DATA LOCAL. */
    static Connection connect(LabServer server, String schema) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", server.user());
        properties.setProperty("password", server.password());
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("allowLoadLocalInfile", "true");
        return DriverManager.getConnection(server.jdbcUrl(schema), properties);
    }

    static void execute(LabServer server, String schema, Iterable<String> statements) throws SQLException {
        try (Connection connection = connect(server, schema);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Ids 1 to {@code rows}; user ids spread over a tenth as many users. */
    static void load(LabServer server, String schema, int rows) throws SQLException {
        int users = Math.max(1, rows / 10);
        try (Connection connection = connect(server, schema)) {
            for (int from = 1; from <= rows; from += ROWS_PER_LOAD) {
                StringBuilder text = new StringBuilder();
                for (int id = from; id < Math.min(rows + 1, from + ROWS_PER_LOAD); id++) {
                    text.append(id)
                            .append('\t')
                            .append((long) id * 7_919 % users)
                            .append('\t');
                    text.append("state-")
                            .append(id % 7)
                            .append('\t')
                            .append(id % 10_000)
                            .append(".25\t");
                    text.append("2026-11-24 10:11:12.345678\t")
                            .append(NOTE)
                            .append(id)
                            .append('\n');
                }
                load(connection, text.toString().getBytes(StandardCharsets.UTF_8));
            }
            try (Statement statement = connection.createStatement()) {
                statement.execute("ANALYZE TABLE " + TABLE);
            }
        }
    }

    static void load(Connection connection, byte[] lines) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.unwrap(JdbcStatement.class).setLocalInfileInputStream(new ByteArrayInputStream(lines));
            statement.execute(
                    "LOAD DATA LOCAL INFILE 'rows' INTO TABLE " + TABLE + " CHARACTER SET utf8mb4 (" + COLUMNS + ")");
        }
    }

    static long count(LabServer server, String schema) throws SQLException {
        try (Connection connection = server.connect(schema);
                PreparedStatement select = connection.prepareStatement("SELECT COUNT(*), SUM(id) FROM " + TABLE);
                ResultSet result = select.executeQuery()) {
            result.next();
            return result.getLong(1);
        }
    }
}
