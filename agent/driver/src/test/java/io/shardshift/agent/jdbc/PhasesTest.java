package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static io.shardshift.agent.jdbc.AgentFixture.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.agent.transaction.PausePoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Each statement kind in each phase, on real shards. */
class PhasesTest {
    private static final String TABLE =
            "CREATE TABLE t (id BIGINT AUTO_INCREMENT, u BIGINT, v INT, name VARCHAR(20), PRIMARY KEY (id))";
    private static final String KV = "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)";

    private static void workload(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO t (u, v, name) VALUES (?, ?, ?), (?, ?, ?)", Statement.RETURN_GENERATED_KEYS)) {
            for (int user = 0; user < 4; user++) {
                for (int i = 0; i < 2; i++) {
                    insert.setLong(1 + 3 * i, user);
                    insert.setInt(2 + 3 * i, i);
                    insert.setString(3 + 3 * i, "n" + i);
                }
                assertThat(insert.executeUpdate()).isEqualTo(2);
                try (ResultSet keys = insert.getGeneratedKeys()) {
                    assertThat(keys.next()).isTrue();
                }
            }
        }
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE t SET v = v + 10 WHERE u = 1 AND name = 'n1'"))
                    .isEqualTo(1);
            assertThat(statement.executeUpdate("DELETE FROM t WHERE u = 2 ORDER BY id LIMIT 1"))
                    .isEqualTo(1);
            assertThat(statement.executeUpdate("INSERT INTO kv VALUES (1, 1), (2, 2)"))
                    .isEqualTo(2);
            assertThat(statement.executeUpdate("REPLACE INTO kv VALUES (1, 5)")).isEqualTo(2);
            assertThat(statement.executeUpdate("INSERT INTO kv VALUES (2, 9) ON DUPLICATE KEY UPDATE v = v + 1"))
                    .isEqualTo(2);
            assertThat(statement.executeUpdate("UPDATE kv SET v = v + 1 WHERE u = 1"))
                    .isEqualTo(1);
            assertThat(statement.executeUpdate("DELETE FROM kv WHERE u = 3")).isZero();
            try (ResultSet row = statement.executeQuery("SELECT v FROM kv WHERE u = 1")) {
                assertThat(row.next()).isTrue();
                assertThat(row.getInt(1)).isEqualTo(6);
            }
        }
    }

    private static void assertEqualSides(AgentFixture agent) throws SQLException {
        for (String query : List.of("SELECT * FROM t ORDER BY id", "SELECT * FROM kv ORDER BY u")) {
            assertThat(agent.target.rows(query))
                    .isEqualTo(agent.source.rows(query))
                    .isNotEmpty();
        }
    }

    @Test
    void withoutAMigrationStatementsRunWhereTheSlotMapSays() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection()) {
            workload(connection);
            connection.setAutoCommit(false);
            connection.createStatement().executeUpdate("UPDATE kv SET v = 0 WHERE u = 1");
            connection.rollback();
            assertThat(agent.source.rows("SELECT v FROM kv WHERE u = 1")).isEqualTo(List.of(List.of("6")));
            assertThat(agent.target.rows("SELECT * FROM kv")).isEmpty();
            assertThat(connection.getMetaData().getDatabaseProductName()).isEqualTo("MySQL");
        }
    }

    @Test
    void inPhase1EachStatementKindIsMirroredBeforeItIsAcknowledged() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection()) {
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, A, null);
            workload(connection);
            assertEqualSides(agent);
        }
    }

    @Test
    void inPhase2ThePointReadGoesToTheNewShardFirst() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection()) {
            agent.source.execute("INSERT INTO kv VALUES (5, 30), (6, 40)");
            agent.target.execute("INSERT INTO kv VALUES (5, 31)"); // tells from where it was read
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, A, B);
            workload(connection);
            assertThat(read(connection, 5)).isEqualTo(31);
            assertThat(read(connection, 6)).isEqualTo(40);
        }
    }

    private static int read(Connection connection, int user) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT v FROM kv WHERE u = ?")) {
            select.setInt(1, user);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getInt(1) : -1;
            }
        }
    }

    @Test
    void afterTheHandOffWritesGoToTheNewShardAlone() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection()) {
            agent.fences("MIRROR", "OWNER");
            agent.route(B, false, B, null);
            workload(connection);
            assertThat(agent.source.rows("SELECT * FROM kv")).isEmpty();
        }
    }

    @Test
    void aTransactionWithSavepointsMirrorsWhatIsLeftOfIt() throws Exception { // [4]
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, A, null);
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            Savepoint savepoint = connection.setSavepoint("sp");
            statement.executeUpdate("INSERT INTO kv VALUES (2, 2)");
            statement.executeUpdate("UPDATE kv SET v = 7 WHERE u = 1");
            connection.rollback(savepoint);
            statement.executeUpdate("INSERT INTO t (u, v, name) VALUES (1, 1, 'x')");
            connection.commit();
            assertEqualSides(agent);
            assertThat(agent.target.rows("SELECT * FROM kv")).isEqualTo(List.of(List.of("1", "1")));
        }
    }

    @Test
    void aDeadlockVictimTakesNothingButRollback() throws Exception { // [4]
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement();
                Connection rival = agent.source.connect()) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1), (2, 2), (3, 3), (4, 4)");
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, A, null);
            connection.setAutoCommit(false);
            rival.setAutoCommit(false);
            rival.createStatement().executeUpdate("UPDATE kv SET v = 9 WHERE u IN (2, 3, 4)"); // heavier: it survives
            statement.executeUpdate("UPDATE kv SET v = 5 WHERE u = 1");
            CompletableFuture<Integer> waits = CompletableFuture.supplyAsync(() -> {
                try {
                    return rival.createStatement().executeUpdate("UPDATE kv SET v = 9 WHERE u = 1");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Awaitility.await()
                    .until(() -> !agent.source
                            .rows("SELECT 1 FROM performance_schema.data_lock_waits")
                            .isEmpty());
            assertThatThrownBy(() -> statement.executeUpdate("UPDATE kv SET v = 5 WHERE u = 2"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getErrorCode()).isEqualTo(1213));
            assertThat(waits.get(10, TimeUnit.SECONDS)).isEqualTo(1);
            assertThatThrownBy(connection::commit)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
            rival.rollback();
            connection.rollback();
            statement.executeUpdate("UPDATE kv SET v = 5 WHERE u = 1");
            connection.commit();
            assertThat(agent.target.rows("SELECT * FROM kv")).isEqualTo(List.of(List.of("1", "5")));
        }
    }

    @Test
    void aWriterWaitsThroughAHoldAndAHandOffByTheFencesAlone() throws Exception { // [13][14][23]
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection()) {
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, A, null);
            agent.fence(agent.source, "CLOSED", B);
            CompletableFuture<Integer> write = CompletableFuture.supplyAsync(() -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            agent.fence(agent.target, "OWNER", A);
            agent.fence(agent.source, "MIRROR", B);
            // no new routes: ZooKeeper may be away
            assertThat(write.get(10, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(agent.target.rows("SELECT * FROM kv")).hasSize(1);
            assertThat(agent.source.rows("SELECT * FROM kv")).isEmpty();
        }
    }

    @Test
    void aWriteThatIsHeldLongerThanItsTimeOutFailsWithNothingChanged() throws Exception { // [13]
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection()) {
            agent.fences("CLOSED", "MIRROR");
            agent.route(A, true, A, null);
            assertThatThrownBy(() -> connection.createStatement().executeUpdate("INSERT INTO kv VALUES (1, 1)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
            assertThat(agent.source.rows("SELECT * FROM kv")).isEmpty();
        }
    }

    @Test
    void aMirrorThatRefusesRollsBothSidesBack() throws Exception { // [9]
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection()) {
            agent.fences("OWNER_MIRRORING", "VACANT");
            agent.route(A, true, A, null);
            connection.setAutoCommit(false);
            connection.createStatement().executeUpdate("INSERT INTO kv VALUES (1, 1)");
            assertThatThrownBy(connection::commit)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
            assertThat(agent.source.rows("SELECT * FROM kv")).isEmpty();
        }
    }

    @Test
    void anOpenTransactionHoldsTheAcknowledgementUpAndIsNamed() throws Exception { // [11]
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection()) {
            agent.fences("OWNER", "VACANT");
            agent.route(A, false, A, null);
            connection.setAutoCommit(false);
            connection.createStatement().executeUpdate("INSERT INTO kv VALUES (1, 77)");
            agent.routeOnly(A, false, A);
            Awaitility.await().until(() -> !agent.agent().holding().isEmpty());
            assertThat(agent.hasAcknowledged()).isFalse();
            assertThat(agent.agent().holding().get(0).statement())
                    .contains("INSERT INTO kv")
                    .doesNotContain("77");
            connection.commit();
            agent.awaitAcknowledged();
        }
    }

    @Test
    void successIsReportedOnlyAfterTheMirrorHasCommitted() throws Exception { // [10]
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection()) {
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, A, null);
            CountDownLatch reached = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            agent.dataSource.pauseWith(point -> {
                if (point == PausePoint.BETWEEN_COMMITS) {
                    reached.countDown();
                    try {
                        assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            });
            CompletableFuture<Integer> write = CompletableFuture.supplyAsync(() -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(write).isNotDone();
            assertThat(agent.source.rows("SELECT * FROM kv")).hasSize(1);
            // B is lost here: killed, the agent mirrors again in new sessions before it reports success [28]
            for (List<String> row : agent.target.rows("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '"
                    + agent.target.name() + "' AND COMMAND = 'Sleep'")) {
                agent.target.execute("KILL " + row.get(0));
            }
            go.countDown();
            assertThat(write.get(10, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(agent.target.rows("SELECT * FROM kv")).hasSize(1);
            assertThat(agent.dataSource.lateMirrorRows()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotBeRoutedIsRefusedBeforeAnythingChanges() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", TABLE, KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, A, null);
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            for (String sql : List.of(
                    "UPDATE kv SET u = 2 WHERE u = 1",
                    "TRUNCATE kv",
                    "LOCK TABLES kv WRITE",
                    "UPDATE kv SET v = 1; DELETE FROM kv",
                    "UPDATE _shardshift_fence SET role = 'OWNER'")) {
                assertThatThrownBy(() -> statement.executeUpdate(sql))
                        .as(sql)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
            }
            assertEqualRows(agent);
        }
    }

    private static void assertEqualRows(AgentFixture agent) throws SQLException {
        assertThat(agent.target.rows("SELECT * FROM kv")).isEqualTo(agent.source.rows("SELECT * FROM kv"));
        assertThat(agent.source.rows("SELECT * FROM kv")).isEqualTo(List.of(List.of("1", "1")));
    }
}
