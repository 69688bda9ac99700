package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Rows are routed and mirrored by the key that MySQL stores, not by the one that the statement gave [18]. */
class StoredKeysTest {
    private static final int KEYS = 24;

    private static AgentFixture byCrc(String... tables) throws Exception {
        return new AgentFixture(
                TestCluster.schema(0, "agent_a"),
                TestCluster.schema(1, "agent_b"),
                ShardKeyForm.AS_IS,
                new ShardFunction.Crc32(16),
                "u",
                tables);
    }

    private static String table(String key) {
        return "CREATE TABLE t (u " + key + " NOT NULL PRIMARY KEY, v INT)";
    }

    private static void assertState(String state, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }

    /** Of what was written under {@code given}, each row is found, changed and deleted by {@code stored} and by {@code given}. */
    private static void assertFound(String column, boolean binary, String given, String stored) throws Exception {
        try (AgentFixture agent = byCrc(table(column));
                Connection connection = agent.dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 1)");
                PreparedStatement select = connection.prepareStatement("SELECT v FROM t WHERE u = ?");
                PreparedStatement update = connection.prepareStatement("UPDATE t SET v = 2 WHERE u = ?");
                PreparedStatement delete = connection.prepareStatement("DELETE FROM t WHERE u = ?")) {
            agent.split();
            for (int i = 0; i < KEYS; i++) {
                set(insert, binary, (char) ('a' + i) + given);
                assertThat(insert.executeUpdate()).isEqualTo(1);
            }
            assertThat(agent.source.rows("SELECT * FROM t")).isNotEmpty();
            assertThat(agent.target.rows("SELECT * FROM t")).isNotEmpty();
            for (int i = 0; i < KEYS; i++) {
                set(select, binary, (char) ('a' + i) + stored);
                try (ResultSet row = select.executeQuery()) {
                    assertThat(row.next()).as("row %s of %s", i, column).isTrue();
                }
                set(update, binary, (char) ('a' + i) + stored);
                assertThat(update.executeUpdate()).isEqualTo(1);
                // Whether MySQL finds the row by the given value is MySQL's affair; by ours it is asked at the right
                // shard.
                set(delete, binary, (char) ('a' + i) + given);
                int byGiven = delete.executeUpdate();
                set(delete, binary, (char) ('a' + i) + stored);
                assertThat(byGiven + delete.executeUpdate()).isEqualTo(1);
            }
        }
    }

    private static void set(PreparedStatement statement, boolean binary, String value) throws SQLException {
        if (binary) {
            statement.setBytes(1, value.getBytes(StandardCharsets.ISO_8859_1));
        } else {
            statement.setString(1, value);
        }
    }

    @Test
    void aVarcharKeyWithSpacesThatAreCutLiesWhereItsStoredKeySays() throws Exception { // [18]
        assertFound("VARCHAR(4) COLLATE utf8mb4_0900_bin", false, "k       ", "k  ");
    }

    @Test
    void aCharKeyWithSpacesLiesWhereItsStoredKeySays() throws Exception { // [18]
        assertFound("CHAR(4) COLLATE utf8mb4_0900_bin", false, "k ", "k");
    }

    @Test
    void aShortBinaryKeyLiesWhereItsStoredKeySays() throws Exception { // [18]
        assertFound("BINARY(4)", true, "k", "k\0\0");
    }

    @Test
    void aShardKeyThatWouldBeClampedOrCutIsRefused() throws Exception { // [18]
        try (AgentFixture agent = new AgentFixture("u", table("TINYINT"));
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.split();
            statement.execute("SET sql_mode = ''");
            for (int key = 300; key < 304; key++) {
                String sql = "INSERT INTO t VALUES (" + key + ", 1)";
                assertState("22003", () -> statement.executeUpdate(sql));
            }
            assertNoRows(agent);
        }
        try (AgentFixture agent = byCrc(table("VARCHAR(4) COLLATE utf8mb4_0900_bin"));
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.split();
            statement.execute("SET sql_mode = ''");
            assertState("22001", () -> statement.executeUpdate("INSERT INTO t VALUES ('ok', 1), ('abcdef', 1)"));
            assertState("22001", () -> statement.executeUpdate("REPLACE INTO t VALUES ('abcdef', 1)"));
            assertState(
                    "22001",
                    () -> statement.executeUpdate("INSERT INTO t VALUES ('abcdef', 1) ON DUPLICATE KEY UPDATE v = 2"));
            assertNoRows(agent);
            try (ResultSet none = statement.executeQuery("SELECT v FROM t WHERE u = 'abcdef'")) {
                assertThat(none.next()).isFalse();
            }
        }
    }

    private static void assertNoRows(AgentFixture agent) throws SQLException {
        for (TestSchema schema : List.of(agent.source, agent.target)) {
            assertThat(schema.rows("SELECT * FROM t")).isEmpty();
        }
    }

    private static String twoColumns(String key) {
        return "CREATE TABLE t (u INT NOT NULL, k " + key + " NOT NULL, v INT, PRIMARY KEY (u, k))";
    }

    /** Every form of INSERT, and changes by the full key as it was given, are at the mirror when they are acknowledged. */
    private static void assertMirrored(String column, String given) throws Exception {
        try (AgentFixture agent = new AgentFixture("u", twoColumns(column));
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            for (String sql : List.of(
                    "INSERT INTO t VALUES (1, " + given + ", 1)",
                    "REPLACE INTO t VALUES (1, " + given + ", 2)",
                    "INSERT INTO t VALUES (1, " + given + ", 3) ON DUPLICATE KEY UPDATE v = 4",
                    "UPDATE t SET v = 5 WHERE u = 1 AND k = " + given,
                    "DELETE FROM t WHERE u = 1 AND k = " + given)) {
                statement.executeUpdate(sql);
                assertThat(agent.target.rows("SELECT u, HEX(k), v FROM t"))
                        .as("%s of %s", sql, column)
                        .isEqualTo(agent.source.rows("SELECT u, HEX(k), v FROM t"));
            }
        }
    }

    @Test
    void aPrimaryKeyThatIsStoredOtherwiseIsMirrored() throws Exception { // [18]
        assertMirrored("VARCHAR(4)", "'abcd     '");
        assertMirrored("CHAR(4)", "'ab  '");
        assertMirrored("BINARY(4)", "x'01'");
        assertMirrored("DECIMAL(10,2)", "1.5");
    }

    @Test
    void aPrimaryKeyThatIsClampedRoundedOrCutIsMirroredAsItIsStored() throws Exception { // [18]
        try (AgentFixture agent = new AgentFixture("u", twoColumns("INT"));
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (1, ?, 1)")) {
            agent.mirroring(A, null);
            assertState("22001", () -> statement.executeUpdate("INSERT INTO t VALUES (1, 99999999999, 1)"));
            statement.execute("SET sql_mode = ''");
            statement.executeUpdate("INSERT INTO t VALUES (1, 99999999999, 1)");
            insert.setObject(1, 9, Types.BOOLEAN);
            insert.executeUpdate();
            insert.setObject(1, new BigDecimal("5.9"), Types.DECIMAL, 0);
            insert.executeUpdate();
            insert.setBigDecimal(1, new BigDecimal("7.9"));
            insert.executeUpdate();
            assertThat(agent.target.rows("SELECT k FROM t ORDER BY k"))
                    .isEqualTo(agent.source.rows("SELECT k FROM t ORDER BY k"))
                    .contains(List.of("2147483647"), List.of("8"))
                    .hasSize(4);
        }
    }

    @Test
    void aDateThatIsNoneIsNoKeyWhileRowsMove() throws Exception { // [18]
        try (AgentFixture agent = new AgentFixture("u", twoColumns("DATE"));
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            assertState("22001", () -> statement.executeUpdate("INSERT INTO t VALUES (1, '2024-02-30', 1)"));
            statement.execute("SET sql_mode = 'ALLOW_INVALID_DATES'");
            assertState("22007", () -> statement.executeUpdate("INSERT INTO t VALUES (1, '2024-02-00', 1)"));
            assertState("22007", () -> statement.executeUpdate("INSERT INTO t VALUES (1, 'x', 1)"));
            assertNoRows(agent);
        }
    }

    @Test
    void zeroInAnyFormIsAGeneratedKey() throws Exception { // [5]
        try (AgentFixture agent = new AgentFixture(
                        "u", "CREATE TABLE t (u INT NOT NULL, id INT AUTO_INCREMENT PRIMARY KEY, v INT)");
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (1, ?, 1)")) {
            agent.mirroring(A, null);
            statement.executeUpdate("INSERT INTO t VALUES (1, '0', 1)");
            insert.setString(1, "00");
            insert.executeUpdate();
            insert.setBigDecimal(1, new BigDecimal("0.0"));
            insert.executeUpdate();
            assertThat(agent.target.rows("SELECT * FROM t ORDER BY id"))
                    .hasSize(3)
                    .isEqualTo(agent.source.rows("SELECT * FROM t ORDER BY id"));
        }
    }

    @Test
    void zeroIsAKeyWhereTheSessionSaysSo() throws Exception { // [5]
        try (AgentFixture agent = new AgentFixture(
                        "u", "CREATE TABLE t (u INT NOT NULL, id INT AUTO_INCREMENT PRIMARY KEY, v INT UNIQUE)");
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            statement.execute("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
            for (String sql : List.of(
                    "INSERT INTO t VALUES (1, 0, 1)",
                    "REPLACE INTO t VALUES (1, 0, 2)",
                    "INSERT INTO t VALUES (1, '0', 3) ON DUPLICATE KEY UPDATE v = 4",
                    "DELETE FROM t WHERE u = 1 AND id = 0",
                    "INSERT INTO t SELECT 1, 0, 5")) {
                statement.executeUpdate(sql);
                assertThat(agent.target.rows("SELECT * FROM t"))
                        .as(sql)
                        .isEqualTo(agent.source.rows("SELECT * FROM t"))
                        .hasSize(sql.startsWith("DELETE") ? 0 : 1)
                        .allMatch(row -> row.get(1).equals("0"));
            }
            statement.execute("SET sql_mode = ''");
            statement.executeUpdate("REPLACE INTO t VALUES (1, 0, 6)");
            assertThat(agent.target.rows("SELECT * FROM t"))
                    .isEqualTo(agent.source.rows("SELECT * FROM t"))
                    .hasSize(2);
        }
    }
}
