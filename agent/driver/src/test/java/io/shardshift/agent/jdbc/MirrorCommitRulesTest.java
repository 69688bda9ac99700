package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static io.shardshift.agent.jdbc.AgentFixture.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.agent.transaction.PausePoint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a commit mirrors, under which locks, and what becomes of it when the mirror is slow or lost. */
class MirrorCommitRulesTest {
    private static final String KV = "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)";

    private static void mirrored(AgentFixture agent) throws SQLException {
        assertThat(agent.target.rows("SELECT * FROM kv ORDER BY u"))
                .isEqualTo(agent.source.rows("SELECT * FROM kv ORDER BY u"))
                .isNotEmpty();
    }

    @Test
    void aKeyThatAStatementNamedAndDidNotFindIsNotMirroredAsAbsent() throws Exception { // [5]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            // As if another transaction had committed row 1 at both sides after the statement passed it over.
            agent.target.execute("INSERT INTO kv VALUES (1, 1)");
            for (String sql : List.of("DELETE FROM kv WHERE u = 1", "UPDATE kv SET v = 2 WHERE u = 1")) {
                assertThat(statement.executeUpdate(sql)).isZero();
                assertThat(agent.target.rows("SELECT v FROM kv")).isEqualTo(List.of(List.of("1")));
            }
        }
    }

    @Test
    void aKeyOfARowThatWasRolledBackIsNotMirroredAsAbsent() throws Exception { // [4]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            connection.setAutoCommit(false);
            Savepoint savepoint = connection.setSavepoint("sp");
            statement.executeUpdate("INSERT INTO kv VALUES (2, 2)");
            connection.rollback(savepoint);
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            // As if another transaction had committed row 2 at both sides in between: its key is not ours any more.
            agent.target.execute("INSERT INTO kv VALUES (2, 7)");
            connection.commit();
            assertThat(agent.target.rows("SELECT v FROM kv ORDER BY u")).isEqualTo(List.of(List.of("1"), List.of("7")));
        }
    }

    @Test
    void whatIsMirroredIsReadUnderALockAndNotFromAnOldSnapshot() throws Exception { // [7]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection old = agent.dataSource.getConnection();
                Connection newer = agent.dataSource.getConnection();
                Statement inOld = old.createStatement();
                Statement inNewer = newer.createStatement()) {
            agent.mirroring(A, null);
            inNewer.executeUpdate("INSERT INTO kv VALUES (1, 1), (2, 2)");
            old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            old.setAutoCommit(false);
            try (ResultSet snapshot = inOld.executeQuery("SELECT v FROM kv WHERE u = 2")) {
                assertThat(snapshot.next()).isTrue();
            }
            inNewer.executeUpdate("UPDATE kv SET v = 7 WHERE u = 1");
            assertThat(inOld.executeUpdate("UPDATE kv SET v = 7 WHERE u = 1")).isEqualTo(1); // found, and left as it is
            old.commit();
            assertThat(agent.target.rows("SELECT v FROM kv WHERE u = 1")).isEqualTo(List.of(List.of("7")));
        }
    }

    @Test
    void theMirrorsPartIsDoneAgainWhileTheOwnersLocksAreHeld() throws Exception { // [9]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement();
                Connection rival = agent.target.connect()) {
            agent.mirroring(A, null);
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            rival.setAutoCommit(false);
            rival.createStatement().execute("SELECT * FROM kv WHERE u = 1 FOR UPDATE");
            connection.setAutoCommit(false);
            statement.executeUpdate("UPDATE kv SET v = 2 WHERE u = 1");
            CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> {
                try {
                    connection.commit();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            String first = waiter(agent, "");
            waiter(agent, first); // the first try was given up after a second
            rival.rollback();
            commit.get(20, TimeUnit.SECONDS);
            mirrored(agent);
        }
    }

    /** The transaction that waits for a lock on the target, another one than {@code not}. */
    private static String waiter(AgentFixture agent, String not) {
        AtomicReference<String> found = new AtomicReference<>("");
        Awaitility.await().until(() -> {
            List<List<String>> rows =
                    agent.target.rows("SELECT ENGINE_TRANSACTION_ID FROM performance_schema.data_locks"
                            + " WHERE LOCK_STATUS = 'WAITING' AND OBJECT_SCHEMA = '" + agent.target.name()
                            + "' AND ENGINE_TRANSACTION_ID <> '" + not + "'");
            rows.forEach(row -> found.set(row.get(0)));
            return !rows.isEmpty();
        });
        return Objects.requireNonNull(found.get());
    }

    @Test
    void theMirrorsRowIsLockedBeforeTheOwnersIsLetGo() throws Exception { // [36]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            AtomicBoolean locked = new AtomicBoolean();
            agent.dataSource.pauseWith(point -> {
                if (point == PausePoint.BETWEEN_COMMITS) {
                    assertThatThrownBy(() -> agent.target.execute("SELECT * FROM kv WHERE u = 1 FOR UPDATE NOWAIT"))
                            .hasMessageContaining("NOWAIT");
                    locked.set(true);
                }
            });
            statement.executeUpdate("UPDATE kv SET v = 2 WHERE u = 1");
            assertThat(locked).isTrue();
            mirrored(agent);
        }
    }

    @Test
    void aMirrorSessionThatTheServerStillKeepsIsKilled() throws Exception { // [28]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Forwarder network = new Forwarder(agent.target.server().port())) {
            agent.reachTargetBy(network.port());
            agent.mirroring(A, null);
            try (Connection connection = agent.dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
                agent.dataSource.pauseWith(point -> {
                    if (point == PausePoint.BETWEEN_COMMITS) {
                        try {
                            network.loseClients(); // the server keeps the session, and the row's lock
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    }
                });
                assertThat(statement.executeUpdate("UPDATE kv SET v = 2 WHERE u = 1"))
                        .isEqualTo(1);
                assertThat(agent.dataSource.lateMirrorRows()).isEqualTo(1);
                mirrored(agent);
            }
        }
    }

    @Test
    void whatTheNewShardDoesNotAnswerIsReadAtTheOwner() throws Exception { // [33]
        for (String phase : List.of("point reads first", "all reads")) {
            try (AgentFixture agent = new AgentFixture("u", KV);
                    Forwarder network = new Forwarder(agent.target.server().port())) {
                agent.reachTargetBy(network.port());
                agent.source.execute("INSERT INTO kv VALUES (1, 10)");
                agent.target.execute("INSERT INTO kv VALUES (1, 20)"); // tells from where it was read
                agent.fences("OWNER_MIRRORING", "MIRROR");
                boolean all = phase.equals("all reads");
                agent.route(A, true, all ? B : A, all ? null : B);
                try (Connection connection = agent.dataSource.getConnection();
                        Statement statement = connection.createStatement()) {
                    assertThat(read(statement)).as(phase).isEqualTo(20);
                    network.refuse();
                    assertThat(read(statement)).as(phase).isEqualTo(10);
                    if (all) { // and only while it is the owner: in a transaction that holds its fence
                        agent.fences("CLOSED", "MIRROR");
                        assertThatThrownBy(() -> read(statement)).isInstanceOf(SQLException.class);
                    }
                }
            }
        }
    }

    private static int read(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT v FROM kv WHERE u = 1")) {
            return row.next() ? row.getInt(1) : -1;
        }
    }
}
