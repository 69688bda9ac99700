package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.JDBCType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** JDBC 4.3 sharding keys: what a bound connection sends where, and what it refuses. Slots 0 to 7 are at B, 8 to 15 at A. */
class ShardingKeyTest {
    private static AgentFixture agent;

    @BeforeAll
    static void start() throws Exception {
        agent = new AgentFixture("u", "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)");
        agent.split();
    }

    @AfterAll
    static void end() throws Exception {
        agent.close();
    }

    @BeforeEach
    void seed() throws SQLException {
        agent.source.execute("DELETE FROM kv", "INSERT INTO kv VALUES (12, 1)");
        agent.target.execute("DELETE FROM kv", "INSERT INTO kv VALUES (1, 1), (2, 2)");
    }

    private static ShardingKey key(Object value) throws SQLException {
        return agent.dataSource
                .createShardingKeyBuilder()
                .subkey(value, JDBCType.BIGINT)
                .build();
    }

    private static Connection bound(Object value) throws SQLException {
        return agent.dataSource
                .createConnectionBuilder()
                .shardingKey(key(value))
                .build();
    }

    private static void assertState(String state, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }

    private static String server(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT VARIABLE_VALUE FROM"
                        + " performance_schema.global_variables WHERE VARIABLE_NAME = 'port'")) {
            result.next();
            return result.getString(1);
        }
    }

    @Test
    void metadataSaysThatShardingIsSupported() throws Exception {
        try (Connection connection = agent.dataSource.getConnection()) {
            assertThat(connection.getMetaData().supportsSharding()).isTrue();
        }
    }

    @Test
    void aBoundConnectionRunsStatementsOfItsKeyAndRefusesOthersBeforeAnythingChanges() throws Exception {
        try (Connection connection = bound(1);
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE kv SET v = 5 WHERE u = 1"))
                    .isEqualTo(1);
            for (String other : List.of(
                    "UPDATE kv SET v = 9 WHERE u = 2", // on the same shard
                    "UPDATE kv SET v = 9 WHERE u IN (1, 2)",
                    "INSERT INTO kv VALUES (1, 7), (3, 7)",
                    "UPDATE kv SET u = 2 WHERE u = 1",
                    "DELETE FROM kv WHERE u = 12",
                    "SELECT * FROM kv WHERE u = 12",
                    "SELECT * FROM kv WHERE u = 2 FOR UPDATE")) {
                assertState("0A000", () -> statement.execute(other));
            }
            assertThat(agent.target.rows("SELECT * FROM kv ORDER BY u"))
                    .isEqualTo(List.of(List.of("1", "5"), List.of("2", "2")));
            assertThat(agent.source.rows("SELECT * FROM kv")).isEqualTo(List.of(List.of("12", "1")));
        }
    }

    @Test
    void whatAnyShardAnswersGoesToTheKeysShard() throws Exception {
        try (Connection atA = bound(12);
                Connection atB = bound(1)) {
            assertThat(server(atA))
                    .isEqualTo(Integer.toString(agent.source.server().port()));
            assertThat(server(atB))
                    .isEqualTo(Integer.toString(agent.target.server().port()));
        }
    }

    @Test
    void aKeyDoesNotMakeAStatementWithoutOneSafe() throws Exception {
        agent.source.execute("INSERT INTO kv VALUES (1, 99)"); // what an ended migration has left there
        try (Connection connection = bound(12);
                Statement statement = connection.createStatement()) {
            assertState("0A000", () -> statement.executeQuery("SELECT COUNT(*) FROM kv"));
            assertState("0A000", () -> statement.executeUpdate("UPDATE kv SET v = 0"));
            assertState("0A000", () -> statement.executeUpdate("DELETE FROM kv WHERE v = 1"));
        }
        assertThat(agent.source.rows("SELECT v FROM kv ORDER BY u")).isEqualTo(List.of(List.of("99"), List.of("1")));
    }

    @Test
    void aKeyIsChangedInsideATransactionOnlyToOneOfTheSameShard() throws Exception {
        try (Connection connection = bound(1);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate("UPDATE kv SET v = 5 WHERE u = 1");
            assertState("25001", () -> connection.setShardingKey(key(12)));
            assertThat(connection.setShardingKeyIfValid(key(12), 1)).isFalse();
            assertState("0A000", () -> statement.executeUpdate("UPDATE kv SET v = 5 WHERE u = 2")); // still bound to 1
            assertThat(connection.setShardingKeyIfValid(key(2), 1)).isTrue();
            statement.executeUpdate("UPDATE kv SET v = 6 WHERE u = 2");
            connection.commit();
            connection.setShardingKey(key(12));
            statement.executeUpdate("UPDATE kv SET v = 7 WHERE u = 12");
            connection.commit();
            connection.setShardingKey(null);
            statement.executeUpdate("UPDATE kv SET v = 8 WHERE u = 1");
            connection.commit();
        }
        assertThat(agent.source.rows("SELECT v FROM kv")).isEqualTo(List.of(List.of("7")));
        assertThat(agent.target.rows("SELECT v FROM kv ORDER BY u")).isEqualTo(List.of(List.of("8"), List.of("6")));
    }

    @Test
    void aKeyThatIsNoShardKeyOfTheKeyspaceIsRefused() throws Exception {
        try (Connection connection = agent.dataSource.getConnection()) {
            ShardingKey two = agent.dataSource
                    .createShardingKeyBuilder()
                    .subkey(1, JDBCType.BIGINT)
                    .subkey(2, JDBCType.BIGINT)
                    .build();
            for (ShardingKey wrong : List.of(two, key("abc"), key(new byte[] {1}), new ShardingKey() {})) {
                assertState("22023", () -> connection.setShardingKey(wrong));
            }
            assertThat(connection.setShardingKeyIfValid(two, 0)).isFalse();
            assertState("22023", () -> connection.setShardingKeyIfValid(key(1), -1));
            assertState("0A000", () -> connection.setShardingKey(key(1), key(1)));
            assertState(
                    "22023", () -> agent.dataSource.createShardingKeyBuilder().build());
            assertState(
                    "0A000",
                    () -> agent.dataSource.createConnectionBuilder().user("x").build());
        }
    }

    @Test
    void whatGoesWrongInsideComesOutAsAnSqlException() throws Exception {
        try (AgentFixture odd = new AgentFixture(
                        "u", "CREATE TABLE odd (u BIGINT PRIMARY KEY, name VARCHAR(9) CHARACTER SET dec8)");
                Connection connection = odd.dataSource.getConnection()) {
            assertState("HY000", () -> connection.setShardingKey(key(1))); // no Java charset is dec8
        }
    }

    @Test
    void aBoundConnectionFollowsItsKeyThroughAHandOff() throws Exception {
        try (AgentFixture moving = new AgentFixture("u", "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)");
                Connection connection = moving.dataSource
                        .createConnectionBuilder()
                        .shardingKey(key(1))
                        .build();
                Statement statement = connection.createStatement()) {
            moving.fences("OWNER_MIRRORING", "MIRROR");
            moving.route(AgentFixture.A, true, AgentFixture.A, null);
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            assertThat(moving.target.rows("SELECT * FROM kv")).hasSize(1);
            StringBuilder many = new StringBuilder("INSERT INTO kv VALUES (4, 0)"); // more than a condition lists
            for (int i = 0; i < 1_200; i++) {
                many.append(", (").append(100 + 16 * i).append(", 0)");
            }
            assertState("0A000", () -> statement.execute(many.toString()));
            assertThat(moving.source.rows("SELECT * FROM kv")).hasSize(1);
            moving.fences("MIRROR", "OWNER");
            moving.route(B, false, B, null);
            statement.executeUpdate("UPDATE kv SET v = 2 WHERE u = 1");
            assertThat(moving.target.rows("SELECT v FROM kv")).isEqualTo(List.of(List.of("2")));
            assertThat(moving.source.rows("SELECT v FROM kv")).isEqualTo(List.of(List.of("1")));
        }
    }
}
