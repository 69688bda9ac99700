package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static io.shardshift.agent.jdbc.AgentFixture.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.agent.transaction.PausePoint;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a transaction may do after something went wrong, and which rows it counts as changed. */
class TransactionRulesTest {
    private static final String KV = "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)";
    private static final String NAMED = "CREATE TABLE named (id BIGINT AUTO_INCREMENT PRIMARY KEY, u BIGINT NOT NULL,"
            + " name VARCHAR(20) NOT NULL, v INT, UNIQUE KEY by_name (u, name))";
    private static final String GLOBAL =
            "CREATE TABLE global (u BIGINT PRIMARY KEY, code VARCHAR(20) NOT NULL UNIQUE, v INT)";

    private static void assertState(ThrowingCallable call, String state) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }

    private static void mirroring(AgentFixture agent) throws Exception {
        agent.fences("OWNER_MIRRORING", "MIRROR");
        agent.route(A, true, A, null);
    }

    private static void assertEqualSides(AgentFixture agent, String query) throws SQLException {
        assertThat(agent.target.rows(query)).isEqualTo(agent.source.rows(query)).isNotEmpty();
    }

    @Test
    void aTransactionThatMeetsAnotherFenceIsRolledBackAndCommitsNothing() throws Exception { // [13][14]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.fences("CLOSED", "MIRROR");
            agent.route(A, true, A, null);
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO kv VALUES (12, 1)"); // a slot that stays: no fence
            assertState(() -> statement.executeUpdate("INSERT INTO kv VALUES (1, 1)"), "40001");
            assertState(() -> statement.executeUpdate("INSERT INTO kv VALUES (13, 1)"), "40001");
            assertState(connection::commit, "40001");
            assertThat(agent.source.rows("SELECT * FROM kv")).isEmpty();
            statement.executeUpdate("INSERT INTO kv VALUES (14, 1)");
            connection.commit();
            assertThat(agent.source.rows("SELECT u FROM kv")).isEqualTo(List.of(List.of("14")));
        }
    }

    @Test
    void aTransactionOlderThanTheWriteTimeoutStillCommitsBothSides() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            mirroring(agent);
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            long begun = System.nanoTime();
            Awaitility.await() // the fixture's write timeout is 3 s
                    .atMost(Duration.ofSeconds(10))
                    .until(() ->
                            System.nanoTime() - begun > Duration.ofMillis(3_100).toNanos());
            connection.commit();
            assertEqualSides(agent, "SELECT * FROM kv");
        }
    }

    @Test
    void aLoneStatementThatTheMirrorRefusedForAWhileRunsAgain() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            mirroring(agent);
            AtomicInteger commits = new AtomicInteger();
            agent.dataSource.pauseWith(point -> {
                if (point == PausePoint.AFTER_OWNER_READ) {
                    try {
                        agent.fence(agent.target, commits.getAndIncrement() == 0 ? "VACANT" : "MIRROR", A);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            assertThat(statement.executeUpdate("INSERT INTO kv VALUES (1, 1)")).isEqualTo(1);
            assertThat(commits).hasValue(2);
            assertEqualSides(agent, "SELECT * FROM kv");
        }
    }

    @Test
    void anOwnerThatIsLostBeforeItsCommitLeavesBothSidesUnchanged() throws Exception { // [6]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            mirroring(agent);
            AtomicBoolean once = new AtomicBoolean();
            agent.dataSource.pauseWith(point -> {
                if (point == PausePoint.BEFORE_OWNER_COMMIT && once.compareAndSet(false, true)) {
                    killSessions(agent);
                }
            });
            connection.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            assertState(connection::commit, "08007");
            assertThat(agent.source.rows("SELECT * FROM kv")).isEmpty();
            assertThat(agent.target.rows("SELECT * FROM kv")).isEmpty();
            statement.executeUpdate("INSERT INTO kv VALUES (2, 2)"); // on a new physical connection
            connection.commit();
            assertEqualSides(agent, "SELECT * FROM kv");
        }
    }

    private static void killSessions(AgentFixture agent) {
        try {
            for (List<String> row : agent.source.rows("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '"
                    + agent.source.name() + "' AND COMMAND = 'Sleep'")) {
                agent.source.execute("KILL " + row.get(0));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSavepointBeforeTheFirstStatementBringsTheTransactionBackToItsBeginning() throws Exception { // [4]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            mirroring(agent);
            connection.setAutoCommit(false);
            Savepoint early = connection.setSavepoint("early");
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            connection.rollback(early);
            statement.executeUpdate("INSERT INTO kv VALUES (2, 2)");
            connection.commit();
            assertEqualSides(agent, "SELECT * FROM kv");
            assertThat(agent.target.rows("SELECT u FROM kv")).isEqualTo(List.of(List.of("2")));
        }
    }

    @Test
    void aKeyThatAnUpsertPassedOverIsNotMirroredAsAbsent() throws Exception { // [5]
        try (AgentFixture agent = new AgentFixture("u", GLOBAL);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            mirroring(agent);
            statement.executeUpdate("INSERT INTO global VALUES (1, 'taken', 1)");
            // As if another transaction had committed row 2 at both sides after the upsert passed it over.
            agent.target.execute("INSERT INTO global VALUES (2, 'other', 1)");
            statement.executeUpdate("INSERT INTO global VALUES (2, 'taken', 2) ON DUPLICATE KEY UPDATE v = v + 10");
            assertThat(agent.target.rows("SELECT v FROM global WHERE u = 1")).isEqualTo(List.of(List.of("11")));
            assertThat(agent.target.rows("SELECT u FROM global ORDER BY u"))
                    .isEqualTo(List.of(List.of("1"), List.of("2")));
        }
    }

    @Test
    void anUpsertMirrorsTheRowThatAnotherUniqueKeyMet() throws Exception { // [17]
        try (AgentFixture agent = new AgentFixture("u", NAMED);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            mirroring(agent);
            String upsert = "INSERT INTO named (u, name, v) VALUES (1, 'a', 1) ON DUPLICATE KEY UPDATE v = v + 10";
            assertThat(statement.executeUpdate(upsert, Statement.RETURN_GENERATED_KEYS))
                    .isEqualTo(1);
            assertThat(statement.executeUpdate(upsert)).isEqualTo(2);
            statement.executeUpdate("INSERT INTO named VALUES (90, 1, 'a', 0), (91, 1, 'b', 5)"
                    + " ON DUPLICATE KEY UPDATE v = v + 100");
            assertThat(agent.source.rows("SELECT u, name, v FROM named ORDER BY name"))
                    .isEqualTo(List.of(List.of("1", "a", "111"), List.of("1", "b", "5")));
            assertEqualSides(agent, "SELECT * FROM named ORDER BY id");
        }
    }

    @Test
    void replaceMirrorsEveryRowThatItTookAway() throws Exception { // [17]
        try (AgentFixture agent = new AgentFixture("u", NAMED);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            mirroring(agent);
            statement.executeUpdate("INSERT INTO named VALUES (1, 1, 'a', 1), (2, 1, 'b', 2), (3, 1, 'c', 3)");
            assertThat(statement.executeUpdate("REPLACE INTO named VALUES (1, 1, 'b', 9)"))
                    .isEqualTo(3);
            assertThat(statement.executeUpdate("REPLACE INTO named (u, name, v) VALUES (1, 'c', 8)"))
                    .isEqualTo(2);
            assertThat(agent.source.rows("SELECT name, v FROM named ORDER BY name"))
                    .isEqualTo(List.of(List.of("b", "9"), List.of("c", "8")));
            assertEqualSides(agent, "SELECT * FROM named ORDER BY id");
            connection.setAutoCommit(false); // at commit nothing names the row any more that REPLACE took away
            statement.executeUpdate("INSERT INTO named VALUES (5, 1, 'd', 5), (6, 1, 'e', 6)");
            connection.commit();
            statement.executeUpdate("REPLACE INTO named VALUES (5, 1, 'e', 7)");
            statement.executeUpdate("UPDATE named SET name = 'f' WHERE id = 5 AND u = 1");
            connection.commit();
            assertThat(agent.source.rows("SELECT id FROM named WHERE id = 6")).isEmpty();
            assertEqualSides(agent, "SELECT * FROM named ORDER BY id");
        }
    }

    @Test
    void anUpsertThatMeetsARowOfASlotThatIsNotHeldIsRolledBack() throws Exception { // [18]
        try (AgentFixture agent = new AgentFixture("u", GLOBAL);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            mirroring(agent);
            statement.executeUpdate("INSERT INTO global VALUES (1, 'x', 1)");
            assertState( // slot 12 stays, the row that it meets is in slot 1
                    () -> statement.executeUpdate(
                            "INSERT INTO global VALUES (12, 'x', 5) ON DUPLICATE KEY UPDATE v = v + 1"),
                    "0A000");
            assertThat(agent.source.rows("SELECT * FROM global")).isEqualTo(List.of(List.of("1", "x", "1")));
            assertEqualSides(agent, "SELECT * FROM global");
        }
    }

    @Test
    void aStreamedValueIsWrittenWholeThoughItsStatementRanTwice() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", "CREATE TABLE docs (u BIGINT PRIMARY KEY, body BLOB)");
                Connection connection = agent.dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO docs VALUES (?, ?)")) {
            mirroring(agent);
            AtomicBoolean once = new AtomicBoolean();
            agent.dataSource.pauseWith(point -> {
                if (point == PausePoint.AFTER_OWNER_READ) {
                    try {
                        agent.fence(agent.target, once.compareAndSet(false, true) ? "VACANT" : "MIRROR", A);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }
            });
            insert.setInt(1, 1);
            insert.setBinaryStream(2, new ByteArrayInputStream("whole".getBytes(StandardCharsets.UTF_8)));
            insert.executeUpdate();
            assertThat(agent.source.rows("SELECT HEX(body) FROM docs")).isEqualTo(List.of(List.of("77686F6C65")));
            assertEqualSides(agent, "SELECT HEX(body) FROM docs");
        }
    }

    @Test
    void aReadThatMeetsMovingAndStayingSlotsOnTwoShardsIsRefused() throws Exception { // [31]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1), (12, 12)");
            agent.target.execute("INSERT INTO kv VALUES (1, 1)");
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, B, null);
            assertState(() -> statement.executeQuery("SELECT * FROM kv WHERE u IN (1, 12)"), "0A000");
            assertState(() -> statement.executeQuery("SELECT COUNT(*) FROM kv"), "0A000");
            connection.setAutoCommit(false); // under the owner's fence all of it is at the owner
            try (ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM kv")) {
                assertThat(count.next()).isTrue();
                assertThat(count.getInt(1)).isEqualTo(2);
            }
        }
    }

    @Test
    void aReadOnlyTransactionWhoseConnectionWasLostIsRolledBack() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, B, null);
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            assertThat(statement.executeQuery("SELECT * FROM kv WHERE u = 1").next())
                    .isFalse();
            for (List<String> row : agent.target.rows("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '"
                    + agent.target.name() + "' AND ID <> CONNECTION_ID()")) {
                agent.target.execute("KILL " + row.get(0));
            }
            assertThatThrownBy(() -> statement.executeQuery("SELECT * FROM kv WHERE u = 1"))
                    .isInstanceOf(SQLException.class);
            connection.rollback(); // the server has done it
            assertThat(statement.executeQuery("SELECT * FROM kv WHERE u = 1").next())
                    .isFalse();
            connection.rollback();
        }
    }
}
