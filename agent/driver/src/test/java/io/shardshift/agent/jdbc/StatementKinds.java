package io.shardshift.agent.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The kinds of statements that an application may send, each with where it is to be refused. */
final class StatementKinds {
    static final List<String> TABLES = List.of(
            "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT, name VARCHAR(20))",
            "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, u BIGINT, v INT, name VARCHAR(20))",
            "CREATE TABLE named (id BIGINT AUTO_INCREMENT PRIMARY KEY, u BIGINT NOT NULL, name VARCHAR(20) NOT NULL, v INT,"
                    + " UNIQUE KEY by_name (u, name))");

    /** How a kind is sent: as text or prepared, alone or within a transaction. */
    enum Mode {
        TEXT(false, false),
        PREPARED(true, false),
        TEXT_IN_TRANSACTION(false, true),
        PREPARED_IN_TRANSACTION(true, true);

        final boolean prepared;
        final boolean transaction;

        Mode(boolean prepared, boolean transaction) {
            this.prepared = prepared;
            this.transaction = transaction;
        }
    }

    @FunctionalInterface
    interface Body {
        void run(Session session) throws SQLException;
    }

    /** @param refused whether it is refused with 0A000 in that phase and mode, and nothing has changed */
    record Kind(String name, BiPredicate<Phase, Mode> refused, Body body) {}

    private static final BiPredicate<Phase, Mode> NEVER = (phase, mode) -> false;
    private static final BiPredicate<Phase, Mode> ALWAYS = (phase, mode) -> true;
    private static final BiPredicate<Phase, Mode> WHILE_MIGRATING = (phase, mode) -> phase != Phase.NO_MIGRATION;
    private static final BiPredicate<Phase, Mode> WHILE_MIRRORED = (phase, mode) -> phase.mirrored;
    private static final BiPredicate<Phase, Mode> WITH_TWO_OWNERS = (phase, mode) -> phase == Phase.STOP_OLD_WRITES;
    private static final BiPredicate<Phase, Mode> TRANSACTION_OF_TWO_OWNERS =
            (phase, mode) -> phase == Phase.STOP_OLD_WRITES && mode.transaction;
    private static final BiPredicate<Phase, Mode> READS_ON_TWO_SIDES =
            (phase, mode) -> phase == Phase.STOP_OLD_WRITES || (phase == Phase.BACKFILL && !mode.transaction);

    private StatementKinds() {}

    static List<Kind> all() {
        List<Kind> kinds = new ArrayList<>();
        inserts(kinds);
        changes(kinds);
        replacesAndUpserts(kinds);
        reads(kinds);
        transactions(kinds);
        return kinds;
    }

    private static Kind kind(String name, BiPredicate<Phase, Mode> refused, Body body) {
        return new Kind(name, refused, body);
    }

    private static void inserts(List<Kind> kinds) {
        kinds.add(kind("INSERT", NEVER, s -> s.update("INSERT INTO kv VALUES (?, ?, ?)", 5, 50, "n")));
        kinds.add(kind(
                "INSERT of rows", NEVER, s -> s.update("INSERT INTO kv (v, u) VALUES (?, ?), (?, ?)", 50, 5, 60, 6)));
        kinds.add(kind("INSERT SET", NEVER, s -> s.update("INSERT INTO kv SET u = ?, v = ? + 1", 5, 50)));
        kinds.add(kind("INSERT of a slot that stays", NEVER, s -> s.update("INSERT INTO kv (u, v) VALUES (?, 1)", 14)));
        kinds.add(kind(
                "INSERT of rows of both",
                WITH_TWO_OWNERS,
                s -> s.update("INSERT INTO kv (u, v) VALUES (?, 1), (?, 1)", 5, 14)));
        kinds.add(kind(
                "INSERT with generated keys",
                NEVER,
                s -> s.keys("INSERT INTO t (u, v, name) VALUES (?, ?, ?), (?, 8, 'y')", 1, 7, "x", 1)));
        kinds.add(kind(
                "INSERT with NULL for the key",
                NEVER,
                s -> s.update("INSERT INTO t VALUES (NULL, ?, ?, ?), (0, 2, 3, 'z')", 1, 7, "x")));
        kinds.add(kind("INSERT of a duplicate", NEVER, s -> {
            s.fails("INSERT INTO kv (u, v) VALUES (?, 9)", 1);
            s.update("INSERT INTO kv (u, v) VALUES (?, 9)", 4);
        }));
        kinds.add(kind("INSERT IGNORE", ALWAYS, s -> s.update("INSERT IGNORE INTO kv (u, v) VALUES (?, 9)", 1)));
        kinds.add(kind(
                "INSERT SELECT",
                WITH_TWO_OWNERS,
                s -> s.update("INSERT INTO kv SELECT u + 4, v * ?, name FROM kv WHERE u < ?", 3, 4)));
        kinds.add(kind(
                "INSERT SELECT with generated keys",
                WITH_TWO_OWNERS,
                s -> s.update("INSERT INTO t (u, v, name) SELECT u, v, ? FROM kv", "s")));
    }

    private static void changes(List<Kind> kinds) {
        kinds.add(kind("UPDATE by key", NEVER, s -> s.update("UPDATE kv SET v = v + ? WHERE u = ?", 5, 1)));
        kinds.add(kind("UPDATE of an absent key", NEVER, s -> s.update("UPDATE kv SET v = 5 WHERE u = ?", 7)));
        kinds.add(kind("UPDATE that changes nothing", NEVER, s -> s.update("UPDATE kv SET v = v WHERE u = ?", 1)));
        kinds.add(kind(
                "UPDATE by condition",
                NEVER,
                s -> s.update("UPDATE t SET v = v + 1, name = ? WHERE u = ? AND v > ?", "q", 1, 10)));
        kinds.add(kind(
                "UPDATE with ORDER BY and LIMIT",
                NEVER,
                s -> s.update("UPDATE t AS x SET v = ? WHERE x.u = ? ORDER BY x.id DESC LIMIT 1", 99, 1)));
        kinds.add(kind("UPDATE IN", NEVER, s -> s.update("UPDATE kv SET v = 0 WHERE u IN (?, ?, 7)", 1, 2)));
        kinds.add(kind("UPDATE keyless", WITH_TWO_OWNERS, s -> s.update("UPDATE kv SET v = v + 1 WHERE v > ?", 10)));
        kinds.add(
                kind("UPDATE of the shard key", WHILE_MIGRATING, s -> s.update("UPDATE kv SET u = 9 WHERE u = ?", 1)));
        kinds.add(kind(
                "UPDATE of the primary key",
                WHILE_MIRRORED,
                s -> s.update("UPDATE t SET id = 900 WHERE id = ? AND u = ?", 1, 1)));
        kinds.add(kind("DELETE by key", NEVER, s -> s.update("DELETE FROM kv WHERE u = ?", 1)));
        kinds.add(kind("DELETE of an absent key", NEVER, s -> s.update("DELETE FROM kv WHERE u = ?", 7)));
        kinds.add(kind(
                "DELETE by condition", NEVER, s -> s.update("DELETE FROM t WHERE u = ? AND name LIKE ?", 1, "t%")));
        kinds.add(kind(
                "DELETE with ORDER BY and LIMIT",
                NEVER,
                s -> s.update("DELETE FROM t WHERE u = ? ORDER BY v DESC, id LIMIT 1", 1)));
        kinds.add(kind("DELETE keyless", WITH_TWO_OWNERS, s -> s.update("DELETE FROM t WHERE v = ?", 12)));
        kinds.add(kind("TRUNCATE", WHILE_MIGRATING, s -> s.update("TRUNCATE TABLE kv")));
    }

    private static void replacesAndUpserts(List<Kind> kinds) {
        kinds.add(kind("REPLACE", NEVER, s -> s.update("REPLACE INTO kv VALUES (?, 7, ?), (5, 5, 'r')", 1, "r")));
        kinds.add(kind(
                "REPLACE by another unique key",
                NEVER,
                s -> s.update("REPLACE INTO named (id, u, name, v) VALUES (?, ?, 'b', 7)", 1, 1)));
        kinds.add(kind(
                "REPLACE with generated keys",
                NEVER,
                s -> s.update("REPLACE INTO named (u, name, v) VALUES (?, 'b', 7), (2, ?, 8)", 1, "new")));
        kinds.add(kind(
                "upsert",
                NEVER,
                s -> s.update(
                        "INSERT INTO kv VALUES (?, 7, ?), (5, 5, 'r') ON DUPLICATE KEY UPDATE v = v + VALUES(v)",
                        1,
                        "r")));
        kinds.add(kind(
                "upsert by another unique key",
                NEVER,
                s -> s.update(
                        "INSERT INTO named (id, u, name, v) VALUES (80, ?, 'b', 7), (81, 2, ?, 7) AS new"
                                + " ON DUPLICATE KEY UPDATE v = new.v + 1",
                        1,
                        "c")));
        kinds.add(kind(
                "upsert with generated keys",
                NEVER,
                s -> s.update(
                        "INSERT INTO named (u, name, v) VALUES (?, 'b', 7), (2, ?, 7), (1, 'b', 1)"
                                + " ON DUPLICATE KEY UPDATE v = v + VALUES(v)",
                        1,
                        "c")));
        kinds.add(kind(
                "upsert of the shard key",
                WHILE_MIGRATING,
                s -> s.update("INSERT INTO kv (u, v) VALUES (?, 1) ON DUPLICATE KEY UPDATE u = 9", 1)));
    }

    private static void reads(List<Kind> kinds) {
        kinds.add(kind("SELECT by key", NEVER, s -> s.query("SELECT * FROM kv WHERE u = ?", 1)));
        kinds.add(kind("SELECT of an absent key", NEVER, s -> s.query("SELECT * FROM kv WHERE u = ?", 7)));
        kinds.add(kind("SELECT of a slot that stays", NEVER, s -> s.query("SELECT * FROM kv WHERE u = ?", 12)));
        kinds.add(kind("SELECT of rows", NEVER, s -> s.query("SELECT v, name FROM t WHERE u = ? ORDER BY id", 1)));
        kinds.add(kind(
                "SELECT with a join",
                NEVER,
                s -> s.query("SELECT t.v, kv.v FROM t JOIN kv ON kv.u = t.u WHERE t.u = ? ORDER BY t.id", 1)));
        kinds.add(kind("SELECT FOR UPDATE", NEVER, s -> s.query("SELECT v FROM kv WHERE u = ? FOR UPDATE", 1)));
        kinds.add(
                kind("SELECT FOR SHARE", NEVER, s -> s.query("SELECT v FROM t WHERE u = ? ORDER BY id FOR SHARE", 1)));
        kinds.add(kind("SELECT keyless", READS_ON_TWO_SIDES, s -> s.query("SELECT COUNT(*), SUM(v) FROM kv")));
        kinds.add(kind(
                "SELECT keyless FOR UPDATE", WITH_TWO_OWNERS, s -> s.query("SELECT u FROM kv ORDER BY u FOR UPDATE")));
        kinds.add(kind("SELECT without a table", NEVER, s -> s.query("SELECT ? + 1", 1)));
        kinds.add(kind(
                "read-only transaction",
                NEVER,
                s -> s.inReadOnlyTransaction(() -> {
                    s.query("SELECT v FROM kv WHERE u = ?", 1);
                    s.query("SELECT v FROM t WHERE u = ? ORDER BY id", 1);
                })));
    }

    private static void transactions(List<Kind> kinds) {
        kinds.add(kind(
                "batch",
                TRANSACTION_OF_TWO_OWNERS,
                s -> s.batch("INSERT INTO kv (u, v) VALUES (?, ?)", new Object[][] {{4, 40}, {14, 140}, {6, 60}})));
        kinds.add(kind("statements after one another", NEVER, s -> {
            s.update("INSERT INTO kv (u, v) VALUES (?, 1)", 5);
            s.update("UPDATE kv SET v = v + 1 WHERE u = ?", 5);
            s.query("SELECT v FROM kv WHERE u = ?", 5);
            s.update("DELETE FROM kv WHERE u = ?", 5);
            s.update("INSERT INTO kv (u, v) VALUES (?, 3)", 5);
        }));
        kinds.add(kind("both owners", TRANSACTION_OF_TWO_OWNERS, s -> {
            s.update("UPDATE kv SET v = 5 WHERE u = ?", 1);
            s.update("UPDATE kv SET v = 5 WHERE u = ?", 12);
        }));
        kinds.add(kind(
                "savepoints",
                NEVER,
                s -> s.inTransaction(true, () -> {
                    s.update("INSERT INTO kv (u, v) VALUES (?, 1)", 5);
                    Savepoint savepoint = s.connection().setSavepoint("sp");
                    s.update("UPDATE kv SET v = 9 WHERE u IN (?, 1)", 5);
                    s.update("DELETE FROM t WHERE u = ?", 1);
                    s.connection().rollback(savepoint);
                    s.update("UPDATE t SET v = 9 WHERE u = ? AND v = 12", 1);
                    s.connection().releaseSavepoint(savepoint);
                })));
        kinds.add(kind(
                "rolled back",
                WITH_TWO_OWNERS,
                s -> s.inTransaction(false, () -> {
                    s.update("INSERT INTO kv (u, v) VALUES (?, 1)", 5);
                    s.update("UPDATE t SET v = 9 WHERE u = ? AND v = 12", 1);
                    s.update("DELETE FROM kv WHERE u = ?", 12);
                })));
        kinds.add(kind("BEGIN and COMMIT as texts", NEVER, s -> {
            s.update("BEGIN");
            s.update("UPDATE kv SET v = 5 WHERE u = ?", 1);
            s.update("COMMIT");
            s.update("START TRANSACTION");
            s.update("UPDATE kv SET v = 6 WHERE u = ?", 1);
            s.update("ROLLBACK");
        }));
    }

    /** One connection, to the agent or to plain MySQL, and what was seen through it. */
    static final class Session {
        private final Connection connection;
        private final Mode mode;
        private final List<Object> seen = new ArrayList<>();

        Session(Connection connection, Mode mode) {
            this.connection = connection;
            this.mode = mode;
        }

        @FunctionalInterface
        interface Work {
            void run() throws SQLException;
        }

        Connection connection() {
            return connection;
        }

        Mode mode() {
            return mode;
        }

        List<Object> seen() {
            return seen;
        }

        void inTransaction(boolean commits, Work work) throws SQLException {
            boolean before = connection.getAutoCommit();
            connection.setAutoCommit(false);
            work.run();
            if (commits) {
                connection.commit();
            } else {
                connection.rollback();
            }
            connection.setAutoCommit(before);
        }

        void inReadOnlyTransaction(Work work) throws SQLException {
            connection.setReadOnly(true);
            try {
                inTransaction(true, work);
            } finally {
                connection.setReadOnly(false);
            }
        }

        void update(String sql, Object... values) throws SQLException {
            if (mode.prepared) {
                try (PreparedStatement statement = bound(connection.prepareStatement(sql), values)) {
                    seen.add(statement.executeUpdate());
                }
            } else {
                try (Statement statement = connection.createStatement()) {
                    seen.add(statement.executeUpdate(literal(sql, values)));
                }
            }
        }

        void keys(String sql, Object... values) throws SQLException {
            try (Statement statement = mode.prepared
                    ? bound(connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS), values)
                    : connection.createStatement()) {
                seen.add(
                        statement instanceof PreparedStatement prepared
                                ? prepared.executeUpdate()
                                : statement.executeUpdate(literal(sql, values), Statement.RETURN_GENERATED_KEYS));
                try (ResultSet keys = statement.getGeneratedKeys()) {
                    while (keys.next()) {
                        seen.add(keys.getLong(1) > 0);
                    }
                }
            }
        }

        void query(String sql, Object... values) throws SQLException {
            if (mode.prepared) {
                try (PreparedStatement statement = bound(connection.prepareStatement(sql), values)) {
                    rows(statement.executeQuery());
                }
            } else {
                try (Statement statement = connection.createStatement()) {
                    rows(statement.executeQuery(literal(sql, values)));
                }
            }
        }

        private void rows(ResultSet result) throws SQLException {
            ResultSetMetaData metadata = result.getMetaData();
            while (result.next()) {
                for (int i = 1; i <= metadata.getColumnCount(); i++) {
                    seen.add(metadata.getColumnLabel(i) + "=" + result.getString(i));
                }
            }
        }

        void fails(String sql, Object... values) {
            try {
                update(sql, values);
                seen.add("it did not fail");
            } catch (SQLException e) {
                seen.add(e.getErrorCode());
            }
        }

        void batch(String sql, Object[][] rows) throws SQLException {
            try (Statement statement =
                    mode.prepared ? connection.prepareStatement(sql) : connection.createStatement()) {
                for (Object[] row : rows) {
                    if (statement instanceof PreparedStatement prepared) {
                        bound(prepared, row).addBatch();
                    } else {
                        statement.addBatch(literal(sql, row));
                    }
                }
                for (int count : statement.executeBatch()) {
                    seen.add(count);
                }
            }
        }

        private static PreparedStatement bound(PreparedStatement statement, Object... values) throws SQLException {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement;
        }

        private static String literal(String sql, @Nullable Object... values) {
            StringBuilder text = new StringBuilder();
            int next = 0;
            for (char c : sql.toCharArray()) {
                if (c != '?') {
                    text.append(c);
                } else {
                    Object value = values[next++];
                    text.append(value instanceof String ? "'" + value + "'" : String.valueOf(value));
                }
            }
            return text.toString();
        }
    }
}
