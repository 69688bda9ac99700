package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.cluster.TestCluster;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.JDBCType;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Text shard keys under a collation that sees several texts as one [18]. */
class ShardKeyFormTest {
    private static final String USERS =
            "CREATE TABLE users (name VARCHAR(20) PRIMARY KEY, v INT) COLLATE utf8mb4_0900_ai_ci";
    private static final ShardFunction FUNCTION = new ShardFunction.Crc32(16);

    private static AgentFixture fixture(ShardKeyForm form) throws Exception {
        return new AgentFixture(
                TestCluster.schema(0, "agent_a"), TestCluster.schema(1, "agent_b"), form, FUNCTION, "name", USERS);
    }

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
    }

    @Test
    void underAsciiLowerOnlyThatFormIsAdmitted() throws Exception { // [18]
        try (AgentFixture agent = fixture(ShardKeyForm.ASCII_LOWER);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement read = connection.prepareStatement("SELECT v FROM users WHERE name = ?")) {
            agent.mirroring(A, null);
            statement.executeUpdate("INSERT INTO users VALUES ('abc', 1), ('x y', 2)");
            for (String form : List.of("Abc", "abc ", "\u00e4bc")) {
                read.setString(1, form);
                assertRefused(read::executeQuery);
                assertRefused(() -> statement.executeUpdate("INSERT INTO users VALUES ('ok', 1), ('" + form + "', 1)"));
                assertRefused(() -> statement.executeUpdate("UPDATE users SET v = 9 WHERE name = '" + form + "'"));
                assertRefused(() -> statement.executeUpdate("DELETE FROM users WHERE name IN ('abc', '" + form + "')"));
                assertThat(connection.setShardingKeyIfValid(
                                agent.dataSource
                                        .createShardingKeyBuilder()
                                        .subkey(form, JDBCType.VARCHAR)
                                        .build(),
                                0))
                        .isFalse();
            }
            assertThat(agent.source.rows("SELECT * FROM users ORDER BY name"))
                    .isEqualTo(List.of(List.of("abc", "1"), List.of("x y", "2")));
        }
    }

    /** Preflight refuses such a keyspace; an agent that meets one all the same changes no row of a slot it does not hold. */
    @Test
    void aRowWhoseStoredKeyIsOfAnotherSlotThanTheStatementNamesIsNotChanged() throws Exception { // [18]
        String stored = Stream.iterate('a', c -> (char) (c + 1))
                .limit(26)
                .map(c -> "k" + c)
                .filter(name -> slot(name) >= 8 && slot(name.toUpperCase(Locale.ROOT)) < 8)
                .findFirst()
                .orElseThrow();
        try (AgentFixture agent = fixture(ShardKeyForm.AS_IS);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            agent.source.execute("INSERT INTO users VALUES ('" + stored + "', 1)");
            assertRefused(() -> statement.executeUpdate(
                    "UPDATE users SET v = 2 WHERE name = '" + stored.toUpperCase(Locale.ROOT) + "'"));
            assertThat(agent.source.rows("SELECT v FROM users")).isEqualTo(List.of(List.of("1")));
        }
    }

    private static int slot(String name) {
        return FUNCTION.slot(List.of(name.getBytes(StandardCharsets.UTF_8)));
    }
}
