package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** INSERT ... SELECT, and upserts of several rows with generated keys, while rows are mirrored [17]. */
class InsertSelectTest {
    private static final String NAMED = "CREATE TABLE named (id BIGINT AUTO_INCREMENT PRIMARY KEY, u BIGINT NOT NULL,"
            + " name VARCHAR(20) NOT NULL, v INT, UNIQUE KEY by_name (u, name))";
    private static final String KINDS =
            "CREATE TABLE kinds (u BIGINT PRIMARY KEY, at TIMESTAMP(6) NULL, f FLOAT, d DOUBLE,"
                    + " j JSON, b BIT(5), e ENUM('x', 'y'), t TIME(3), n DECIMAL(20, 5), s VARCHAR(9) CHARACTER SET latin1)";
    private static AgentFixture agent;

    @BeforeAll
    static void start() throws Exception {
        agent = new AgentFixture("u", "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)", NAMED, KINDS);
        agent.fences("OWNER_MIRRORING", "MIRROR");
        agent.route(A, true, A, null);
    }

    @AfterAll
    static void end() throws Exception {
        agent.close();
    }

    @BeforeEach
    void seed() throws SQLException {
        for (var schema : List.of(agent.source, agent.target)) {
            schema.execute("DELETE FROM kv", "TRUNCATE named", "DELETE FROM kinds");
            schema.execute("INSERT INTO kv VALUES (1, 10), (2, 20)");
        }
        agent.source.execute("INSERT INTO kv VALUES (12, 120)"); // a slot that stays
    }

    private static void assertMirrored(String table, String key) throws SQLException {
        String query = "SELECT * FROM " + table + " WHERE MOD(u, 16) < 8 ORDER BY " + key;
        assertThat(agent.target.rows(query)).isEqualTo(agent.source.rows(query)).isNotEmpty();
        assertThat(agent.target.rows("SELECT * FROM " + table + " WHERE MOD(u, 16) >= 8"))
                .isEmpty();
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
    }

    @Test
    void theRowsThatWereSelectedAreInsertedAndMirrored() throws Exception {
        try (Connection connection = agent.dataSource.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO kv SELECT u + ?, v + 1 FROM kv WHERE v >= ?")) {
            insert.setInt(1, 2);
            insert.setInt(2, 10);
            assertThat(insert.executeUpdate()).isEqualTo(3);
            assertThat(agent.source.rows("SELECT * FROM kv WHERE u IN (3, 4, 14) ORDER BY u"))
                    .isEqualTo(List.of(List.of("3", "11"), List.of("4", "21"), List.of("14", "121")));
            assertMirrored("kv", "u");
        }
    }

    @Test
    void keysThatTheServerGeneratesAreMirrored() throws Exception {
        try (Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(
                            "INSERT INTO named (u, name, v)" + " SELECT u, CONCAT('n', v), v FROM kv ORDER BY v DESC"))
                    .isEqualTo(3);
            try (ResultSet first = statement.executeQuery("SELECT LAST_INSERT_ID()")) {
                assertThat(first.next()).isTrue();
                assertThat(first.getString(1))
                        .isEqualTo(agent.source
                                .rows("SELECT MIN(id) FROM named")
                                .get(0)
                                .get(0));
            }
            assertThat(agent.source.rows("SELECT name FROM named ORDER BY id"))
                    .isEqualTo(List.of(List.of("n120"), List.of("n20"), List.of("n10")));
            assertMirrored("named", "id");
        }
    }

    @Test
    void everyTypeComesThroughUnchanged() throws Exception {
        String row = "(%d, '2026-10-25 00:30:00.123456', 1.1, 1e-300, '{\"a\": 1.5}', b'10101', 'y',"
                + " '-800:01:02.003', 123456789012345.12345, 'é')";
        agent.source.execute("INSERT INTO kinds VALUES " + row.formatted(1));
        agent.target.execute("INSERT INTO kinds VALUES " + row.formatted(1));
        try (Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    "INSERT INTO kinds SELECT u + 1, at, f, d, j, b, e, t, n, s FROM kinds WHERE u = 1");
            String same =
                    "SELECT COUNT(*) FROM kinds x JOIN kinds y ON x.u = 1 AND y.u = 2 AND x.at = y.at AND x.f = y.f"
                            + " AND x.d = y.d AND x.j = y.j AND x.b = y.b AND x.e = y.e AND x.t = y.t AND x.n = y.n AND x.s = y.s";
            assertThat(agent.source.rows(same)).isEqualTo(List.of(List.of("1")));
            assertMirrored("kinds", "u");
        }
    }

    @Test
    void aTransactionStaysWholeAroundIt() throws Exception {
        try (Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO kv VALUES (5, 50)");
            statement.executeUpdate("INSERT INTO kv SELECT u + 1, v FROM kv WHERE u = 5"); // sees its own row
            assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO kv SELECT u, v FROM kv WHERE u = 5"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo(1062))
                    .hasMessageContaining("kv.PRIMARY");
            connection.commit();
            assertMirrored("kv", "u");
            assertThat(agent.source.rows("SELECT u FROM kv WHERE u IN (5, 6)")).hasSize(2);
            statement.executeUpdate("INSERT INTO kv SELECT u + 2, v FROM kv WHERE u = 5");
            connection.rollback(); // a temporary table does not commit
            assertThat(agent.source.rows("SELECT u FROM kv WHERE u = 7")).isEmpty();
            assertMirrored("kv", "u");
        }
    }

    @Test
    void whatCannotBeMirroredIsRefusedAndChangesNothing() throws Exception {
        try (Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.source.execute("INSERT INTO named VALUES (7, 1, 'a', 1)");
            agent.target.execute("INSERT INTO named VALUES (7, 1, 'a', 1)");
            List<List<String>> before = agent.source.rows("SELECT * FROM kv ORDER BY u");
            for (String sql : List.of(
                    "REPLACE INTO kv SELECT u, 0 FROM kv",
                    "INSERT INTO kv SELECT u, 0 FROM kv AS old ON DUPLICATE KEY UPDATE v = 5",
                    "INSERT INTO kv (v) SELECT v FROM kv",
                    "INSERT INTO kv SELECT NULLIF(u, 1) + 30, v FROM kv WHERE u = 1",
                    "INSERT INTO named SELECT 0, u + 1, name, v FROM named",
                    "INSERT INTO kv WITH RECURSIVE r (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM r WHERE n < 999)"
                            + " SELECT a.n * 1000 + b.n, 0 FROM r a JOIN r b ON b.n < 112")) {
                assertThatThrownBy(() -> statement.executeUpdate(sql)).as(sql).isInstanceOf(SQLException.class);
            }
            assertRefused(() -> statement.executeUpdate(
                    "INSERT INTO named (u, name) SELECT u, v FROM kv", Statement.RETURN_GENERATED_KEYS));
            assertRefused(() -> statement.executeUpdate(
                    "INSERT INTO named (u, name, v) VALUES (1, 'b', 1), (1, 'c', 1) ON DUPLICATE KEY UPDATE v = 2",
                    Statement.RETURN_GENERATED_KEYS));
            assertThat(agent.source.rows("SELECT * FROM kv ORDER BY u")).isEqualTo(before);
            assertThat(agent.source.rows("SELECT * FROM named")).hasSize(1);
            assertMirrored("kv", "u");
        }
    }

    @Test
    void anUpsertOfSeveralRowsWithGeneratedKeysRunsRowByRow() throws Exception { // [17]
        try (Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            String upsert = "INSERT INTO named (u, name, v) VALUES (1, 'a', 1), (2, 'b', 2), (1, 'a', 3)"
                    + " ON DUPLICATE KEY UPDATE v = v + VALUES(v)";
            assertThat(statement.executeUpdate(upsert)).isEqualTo(4); // 1 for each new row, 2 for a changed one
            assertMirrored("named", "id");
            assertThat(statement.executeUpdate(upsert)).isEqualTo(6);
            assertThat(agent.source.rows("SELECT u, name, v FROM named ORDER BY name"))
                    .isEqualTo(List.of(List.of("1", "a", "8"), List.of("2", "b", "4")));
            assertMirrored("named", "id");
        }
    }
}
