package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static io.shardshift.agent.jdbc.AgentFixture.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.shardshift.agent.jdbc.StatementKinds.Kind;
import io.shardshift.agent.jdbc.StatementKinds.Mode;
import io.shardshift.agent.jdbc.StatementKinds.Session;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every kind of statement, in every phase, in every form, beside plain MySQL: the same answers and the same rows at the
 * owner, the mirror equal where there is one and untouched where there is none; or refused with 0A000 and nothing changed.
 */
class PhaseMatrixTest {
    private static final List<String> TABLES = List.of("kv", "t", "named");
    private static final String MOVING = " WHERE MOD(u, 16) < 8";
    private static final String STAYING = " WHERE MOD(u, 16) >= 8";
    private static final List<String> ROWS = List.of(
            "INSERT INTO kv VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c'), (12, 120, 'x'), (13, 130, 'y')",
            "INSERT INTO t VALUES (1, 1, 11, 't1'), (2, 1, 12, 't2'), (3, 2, 21, 't1'), (4, 12, 12, 't1')",
            "INSERT INTO named VALUES (1, 1, 'a', 1), (2, 1, 'b', 2), (3, 2, 'a', 3), (4, 12, 'a', 4)");

    private static TestSchema schema;
    private static Side plain;

    /** A schema through a connection of the test's own. */
    private record Side(Connection connection) implements AutoCloseable {
        void execute(String sql) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }

        /** @param which a WHERE, or nothing */
        List<List<String>> rows(String columns, String table, String which) throws SQLException {
            List<List<String>> rows = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(
                            "SELECT " + columns + " FROM " + table + which + " ORDER BY 1, 2, 3")) {
                while (result.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        row.add(String.valueOf(result.getString(i)));
                    }
                    rows.add(row);
                }
            }
            return rows;
        }

        List<Object> everything() throws SQLException {
            List<Object> all = new ArrayList<>();
            for (String table : TABLES) {
                all.add(rows("*", table, ""));
            }
            return all;
        }

        void seed(boolean moving, boolean staying) throws SQLException {
            for (String table : TABLES) {
                execute("DELETE FROM " + table);
            }
            for (String rows : ROWS) {
                execute(rows);
            }
            for (String table : TABLES) {
                if (!moving) {
                    execute("DELETE FROM " + table + MOVING);
                }
                if (!staying) {
                    execute("DELETE FROM " + table + STAYING);
                }
            }
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    @BeforeAll
    static void start() throws Exception {
        schema = TestCluster.schema(0, "plain");
        schema.execute(StatementKinds.TABLES.toArray(String[]::new));
        plain = new Side(schema.connect());
    }

    @AfterAll
    static void end() throws Exception {
        plain.close();
        schema.close();
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void eachKindOfStatementAnswersAsPlainMysqlAndLeavesTheSidesAsThePhaseSays(Phase phase) throws Exception {
        try (AgentFixture agent = new AgentFixture("u", StatementKinds.TABLES.toArray(String[]::new));
                Side a = new Side(agent.source.connect());
                Side b = new Side(agent.target.connect());
                Connection connection = agent.dataSource.getConnection()) {
            phase.enter(agent);
            for (Kind kind : StatementKinds.all()) {
                for (Mode mode : Mode.values()) {
                    plain.seed(true, true);
                    a.seed(true, true);
                    b.seed(phase != Phase.NO_MIGRATION && phase != Phase.PREPARE, false);
                    try {
                        compare(phase, kind, mode, connection, a, b);
                    } catch (SQLException e) {
                        fail(phase + ", " + kind.name() + ", " + mode, e);
                    }
                }
            }
        }
    }

    private static void compare(Phase phase, Kind kind, Mode mode, Connection connection, Side a, Side b)
            throws SQLException {
        String what = phase + ", " + kind.name() + ", " + mode;
        List<Object> beforeA = a.everything();
        List<Object> beforeB = b.everything();
        Session ours = new Session(connection, mode);
        if (kind.refused().test(phase, mode)) {
            assertThat(refusal(ours, kind)).as(what).isEqualTo("0A000");
            assertThat(a.everything()).as(what).isEqualTo(beforeA);
            assertThat(b.everything()).as(what).isEqualTo(beforeB);
            return;
        }
        run(ours, kind);
        Session theirs = new Session(plain.connection(), mode);
        run(theirs, kind);
        assertThat(ours.seen()).as(what).isEqualTo(theirs.seen());
        Side owner = phase.owner.equals(A) ? a : b;
        for (String table : TABLES) {
            String columns = table.equals("kv") ? "*" : "u, name, v"; // a generated key is not the same number
            assertThat(owner.rows(columns, table, MOVING)).as(what).isEqualTo(plain.rows(columns, table, MOVING));
            assertThat(a.rows(columns, table, STAYING)).as(what).isEqualTo(plain.rows(columns, table, STAYING));
            if (phase.mirrored) {
                assertThat(b.rows("*", table, MOVING)).as(what).isEqualTo(a.rows("*", table, MOVING));
            }
        }
        if (!phase.mirrored && phase.owner.equals(A)) {
            assertThat(b.everything()).as(what).isEqualTo(beforeB);
        }
        if (phase.owner.equals(B)) {
            for (String table : TABLES) {
                assertThat(b.rows("*", table, STAYING)).as(what).isEmpty();
            }
            assertThat(a.rows("*", "kv", MOVING)).as(what).hasSize(3);
        }
    }

    /** The SQLState of what it throws. */
    private static String refusal(Session session, Kind kind) throws SQLException {
        try {
            run(session, kind);
            return "it was not refused";
        } catch (SQLException e) {
            return e.getSQLState();
        } finally {
            if (!session.connection().getAutoCommit()) {
                session.connection().rollback();
                session.connection().setAutoCommit(true);
            }
        }
    }

    private static void run(Session session, Kind kind) throws SQLException {
        Mode mode = session.mode();
        Connection connection = session.connection();
        if (mode.transaction) {
            connection.setTransactionIsolation(
                    mode.prepared ? Connection.TRANSACTION_REPEATABLE_READ : Connection.TRANSACTION_READ_COMMITTED);
            connection.setAutoCommit(false);
        }
        kind.body().run(session);
        if (mode.transaction) {
            connection.commit();
            connection.setAutoCommit(true);
        }
    }
}
