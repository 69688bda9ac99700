package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static io.shardshift.agent.jdbc.AgentFixture.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** When a transaction takes a fence, waits for it, and where it runs then. */
class FenceRulesTest {
    private static final String KV = "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)";
    private static final String FENCE_READ = "SELECT `f` . `role`%";

    private static void assertState(ThrowingCallable call, String state) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }

    private static void hold(AgentFixture agent, String until) throws SQLException {
        agent.source.execute(
                "REPLACE INTO _shardshift_hold VALUES ('" + agent.migration + "', 0, NOW(6) + INTERVAL " + until + ")");
    }

    private static CompletableFuture<Integer> write(Statement statement, String sql) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return statement.executeUpdate(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static int value(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getInt(1) : -1;
        }
    }

    @Test
    void aHoldStopsWhatHasNotBegunAndNothingElse() throws Exception { // [13][14][23]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection begun = agent.dataSource.getConnection();
                Connection fresh = agent.dataSource.getConnection();
                Statement inside = begun.createStatement();
                Statement alone = fresh.createStatement()) {
            agent.mirroring(A, null);
            begun.setAutoCommit(false);
            inside.executeUpdate("INSERT INTO kv VALUES (12, 0)"); // has executed, holds no fence yet
            hold(agent, "1 HOUR");
            assertState(() -> alone.executeUpdate("INSERT INTO kv VALUES (1, 1)"), "40001"); // the deadline, 3 s
            inside.executeUpdate("INSERT INTO kv VALUES (2, 2)");
            begun.commit();
            CompletableFuture<Integer> waits = write(alone, "INSERT INTO kv VALUES (3, 3)");
            hold(agent, "-1 SECOND"); // it ends on the server's clock
            assertThat(waits.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(agent.source.rows("SELECT u FROM kv ORDER BY u"))
                    .isEqualTo(List.of(List.of("2"), List.of("3"), List.of("12")));
            assertThat(agent.target.rows("SELECT u FROM kv ORDER BY u")).isEqualTo(List.of(List.of("2"), List.of("3")));
        }
    }

    @Test
    void whoWaitsForAFenceHoldsNoAcknowledgementUpAndGoesOnUnderTheNewestRoutes() throws Exception { // [13][14]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            statement.executeUpdate("INSERT INTO kv VALUES (2, 2)");
            agent.fence(agent.source, "CLOSED", B);
            CompletableFuture<Integer> waits = write(statement, "INSERT INTO kv VALUES (1, 1)");
            long before = AgentFixture.executions(agent.source, FENCE_READ, "%FOR SHARE%");
            Awaitility.await().until(() -> AgentFixture.executions(agent.source, FENCE_READ, "%FOR SHARE%") > before);
            agent.route(A, false, A, null); // acknowledged while the statement waits
            assertThat(waits).isNotDone();
            agent.fence(agent.source, "OWNER", B);
            assertThat(waits.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(agent.target.rows("SELECT u FROM kv")).isEqualTo(List.of(List.of("2")));
        }
    }

    @Test
    void whoWaitsForAFencePollsWithoutALock() throws Exception { // [22]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement();
                Connection controller = agent.source.connect()) {
            agent.mirroring(A, null);
            agent.fence(agent.source, "CLOSED", B);
            CompletableFuture<Integer> waits = write(statement, "INSERT INTO kv VALUES (1, 1)");
            Awaitility.await().until(() -> AgentFixture.executions(agent.source, FENCE_READ, "%FOR SHARE%") > 3);
            controller.setAutoCommit(false);
            controller.createStatement().execute("SELECT * FROM _shardshift_fence FOR UPDATE");
            long before = AgentFixture.executions(agent.source, FENCE_READ, "%FOR SHARE%");
            Awaitility.await()
                    .until(() -> AgentFixture.executions(agent.source, FENCE_READ, "%FOR SHARE%") > before + 20);
            controller.rollback();
            agent.fence(agent.source, "OWNER_MIRRORING", B);
            assertThat(waits.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void afterRollbackToASavepointTheFenceIsReadAgain() throws Exception { // [4]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            Savepoint savepoint = connection.setSavepoint("sp");
            long before = AgentFixture.executions(agent.source, FENCE_READ + "FOR SHARE%", "-");
            statement.executeUpdate("INSERT INTO kv VALUES (2, 2)");
            assertThat(AgentFixture.executions(agent.source, FENCE_READ + "FOR SHARE%", "-"))
                    .isEqualTo(before); // held
            connection.rollback(savepoint);
            assertThat(AgentFixture.executions(agent.source, FENCE_READ + "FOR SHARE%", "-"))
                    .isEqualTo(before + 1);
            connection.commit();
            assertThat(agent.target.rows("SELECT u FROM kv")).isEqualTo(List.of(List.of("1")));
        }
    }

    @Test
    void aTransactionWhoseConnectionWasLostTakesNothingButRollback() throws Exception { // [4]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO kv VALUES (12, 1)");
            for (List<String> row : agent.source.rows("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '"
                    + agent.source.name() + "' AND COMMAND = 'Sleep'")) {
                agent.source.execute("KILL " + row.get(0));
            }
            assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO kv VALUES (1, 1)"))
                    .isInstanceOf(SQLException.class);
            assertState(() -> statement.executeUpdate("INSERT INTO kv VALUES (13, 1)"), "40001");
            assertState(() -> connection.setSavepoint("sp"), "40001");
            assertState(connection::commit, "40001");
            statement.executeUpdate("INSERT INTO kv VALUES (2, 2)");
            connection.commit();
            assertThat(agent.source.rows("SELECT u FROM kv")).isEqualTo(List.of(List.of("2")));
        }
    }

    @Test
    void aTransactionRunsWhollyAtTheOwnerAndAReadOnlyOneOnTheSideOfTheReads() throws Exception { // [30]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement();
                Connection controller = agent.source.connect()) {
            agent.source.execute("INSERT INTO kv VALUES (1, 10)");
            agent.target.execute("INSERT INTO kv VALUES (1, 20)"); // tells from where it was read
            agent.mirroring(B, null);
            assertThat(value(statement, "SELECT v FROM kv WHERE u = 1")).isEqualTo(20);
            connection.setAutoCommit(false);
            assertThat(value(statement, "SELECT v FROM kv WHERE u = 1")).isEqualTo(10);
            assertState( // the fence is taken by the read
                    () -> {
                        controller.setAutoCommit(false);
                        controller.createStatement().execute("SELECT * FROM _shardshift_fence FOR UPDATE NOWAIT");
                    },
                    "HY000");
            connection.commit();
            connection.setReadOnly(true);
            assertThat(value(statement, "SELECT v FROM kv WHERE u = 1")).isEqualTo(20);
            controller.createStatement().execute("SELECT * FROM _shardshift_fence FOR UPDATE NOWAIT");
            connection.commit();
        }
    }

    @Test
    void aReadOnlyTransactionStaysOnItsSide() throws Exception { // [31]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.source.execute("INSERT INTO kv VALUES (1, 10), (12, 12)");
            agent.target.execute("INSERT INTO kv VALUES (1, 20)");
            agent.mirroring(B, null);
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            assertThat(value(statement, "SELECT v FROM kv WHERE u = 1")).isEqualTo(20);
            assertState(() -> value(statement, "SELECT v FROM kv WHERE u = 12"), "0A000");
            connection.commit();
            assertThat(value(statement, "SELECT v FROM kv WHERE u = 12")).isEqualTo(12);
        }
    }

    @Test
    void aTransactionDoesNotGoOverToAnotherOwner() throws Exception { // [31]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.fences("MIRROR", "OWNER");
            agent.route(B, false, B, null);
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO kv VALUES (12, 1)");
            assertState(() -> statement.executeUpdate("INSERT INTO kv VALUES (1, 1)"), "0A000");
            assertState(() -> statement.executeUpdate("INSERT INTO kv VALUES (13, 1), (2, 1)"), "0A000");
            statement.executeUpdate("INSERT INTO kv VALUES (14, 1)"); // what was refused has changed nothing
            connection.commit();
            assertThat(agent.source.rows("SELECT u FROM kv ORDER BY u"))
                    .isEqualTo(List.of(List.of("12"), List.of("14")));
            assertThat(agent.target.rows("SELECT u FROM kv")).isEmpty();
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)"); // at B
            assertState(() -> statement.executeUpdate("INSERT INTO kv VALUES (15, 1)"), "0A000");
            connection.commit();
            assertThat(agent.target.rows("SELECT u FROM kv")).isEqualTo(List.of(List.of("1")));
        }
    }

    @Test
    void generatedKeysOfTwoShardsNeverMeet() throws Exception { // [15]
        try (AgentFixture agent =
                new AgentFixture("u", "CREATE TABLE g (id BIGINT AUTO_INCREMENT PRIMARY KEY, u BIGINT)")) {
            agent.incrementBy(2);
            agent.split();
            try (Connection connection = agent.dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                for (int u : new int[] {1, 12}) { // at B, at A
                    statement.executeUpdate(
                            "INSERT INTO g (u) VALUES (" + u + "), (" + u + ")", Statement.RETURN_GENERATED_KEYS);
                    try (ResultSet keys = statement.getGeneratedKeys()) {
                        keys.next();
                        long first = keys.getLong(1);
                        keys.next();
                        assertThat(keys.getLong(1)).isEqualTo(first + 2);
                        assertThat(first % 2).isEqualTo(u == 12 ? 1 : 0);
                    }
                }
            }
        }
    }
}
