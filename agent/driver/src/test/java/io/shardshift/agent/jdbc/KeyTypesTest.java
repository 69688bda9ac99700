package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.cluster.TestSchema;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Whatever the type of a key that preflight admits and however its value is given, every kind of write is at the mirror when
 * it is acknowledged: rows are mirrored by the key that MySQL stores [18].
 */
class KeyTypesTest {
    /** A value as SQL text; any other object is bound to a parameter. */
    private record Sql(String text) {}

    /** @param given two values of different keys */
    private record Type(String column, Object first, Object second) {}

    private static Type type(String column, Object first, Object second) {
        return new Type(column, sql(first), sql(second));
    }

    private static Object sql(Object given) {
        return given instanceof String text ? new Sql(text) : given;
    }

    private static Type text(String charset, String first) {
        return new Type("VARCHAR(20) CHARACTER SET " + charset, new Bound(first), new Sql("'plain\\\\~ '"));
    }

    /** A text that is bound. */
    private record Bound(String text) {}

    private static final List<Type> IN_PRIMARY_KEY = List.of(
            type("DATE", "'2024-01-31'", "20240102103000"),
            type("DATE", Date.valueOf("2024-02-29"), LocalDate.of(1, 1, 2)),
            type("DATETIME", "'2024-1-2 3:4:5'", LocalDateTime.of(2024, 1, 31, 23, 59, 59)),
            type("DATETIME(3)", "'2024-01-31 23:59:59.9996'", LocalDateTime.of(2024, 1, 1, 0, 0, 0, 123_456_789)),
            type("DATETIME(6)", Timestamp.valueOf("2024-01-02 03:04:05.678901"), "'2024-01-31 00:00:00.5'"),
            type("TIME", "'-1:2:3'", Time.valueOf("10:00:00")),
            type("TIME(2)", "'838:59:59'", "101112.345"),
            type("TIMESTAMP", "'2024-01-31 23:59:59'", Timestamp.valueOf("2024-07-01 00:00:00")),
            type("TIMESTAMP(6)", "'2024-10-27 01:30:00.000001'", LocalDateTime.of(2024, 7, 1, 0, 0, 0, 123_000)),
            type("YEAR", "5", "'1999'"),
            type("DECIMAL(10,2)", "'7.5'", "3.004"),
            type("DECIMAL(10,0)", new BigDecimal("5.9"), "x'37'"),
            type("BIT(9)", "b'101'", 300),
            type("BIT(1)", true, "0"),
            type("INT", "'7.6'", 9.4),
            type("BIGINT UNSIGNED", "18446744073709551615", "0x10"),
            type("INT(8) ZEROFILL", "42", "'43'"),
            type("VARCHAR(4)", "12", "'abcd   '"),
            type("CHAR(4)", "'ab '", "x'63'"),
            type("BINARY(4)", "'ab'", "7"),
            type("VARBINARY(4)", "'a\\0'", 7),
            text("utf8mb4", "\ud834\udd1e"),
            text("utf8mb3", "\u03a9"),
            text("latin1", "a\u0081\u20ac"),
            text("ucs2", "\u03a9"),
            text("utf16", "\ud834\udd1e"),
            text("utf16le", "\ud834\udd1e"),
            text("utf32", "\ud834\udd1e"),
            text("greek", "\u03b1\u03b2"),
            text("hebrew", "\u05d0"),
            text("cp1251", "\u0436"),
            text("koi8r", "\u0436"),
            text("sjis", "\u30bd\u301c"),
            text("cp932", "\u30bd\uff5e"),
            text("ujis", "\u30bd\u301c"),
            text("euckr", "\ud55c"),
            text("gbk", "\u4e2d\u4e02"),
            text("gb18030", "\u4e2d\u20ac"),
            text("big5", "\u4e2d"));

    private static final List<Type> IN_OTHER_KEYS = List.of(
            type("FLOAT", "0.1", 1e10f),
            type("DOUBLE", "0.1", 1e300),
            type("ENUM('x','ü','it''s')", "2", "'X'"),
            type("SET('p','q','r')", "'r,p'", "2"));

    @Test
    void everyKindOfWriteIsMirroredWhateverTheTypeOfThePrimaryKey() throws Exception { // [18]
        assertMirrored(
                IN_PRIMARY_KEY,
                "(u INT NOT NULL, k %s NOT NULL, v INT, w %1$s, PRIMARY KEY (u, k), UNIQUE KEY other (u, w))",
                "INSERT INTO t VALUES (1, ?, 1, NULL)",
                "INSERT INTO t VALUES (2, ?, 2, ?), (2, ??, 2, ??)",
                "UPDATE t SET v = 3 WHERE u = 1 AND k = ?",
                "UPDATE t SET v = v + 10 WHERE u = 2 ORDER BY v LIMIT 1",
                "REPLACE INTO t VALUES (1, ?, 4, ?)",
                "INSERT INTO t VALUES (1, ?, 5, ??) ON DUPLICATE KEY UPDATE v = v + 1",
                "INSERT INTO t VALUES (1, ??, 6, ?) ON DUPLICATE KEY UPDATE v = v + 100",
                "REPLACE INTO t VALUES (1, ??, 7, ?)",
                "INSERT INTO t (u, v, k) SELECT u + 1, v, k FROM t WHERE u = 2",
                "DELETE FROM t WHERE u = 2 AND k = ?",
                "DELETE FROM t WHERE u = 2 OR u = 3");
    }

    @Test
    void everyKindOfWriteIsMirroredWhateverTheTypeOfAnotherKey() throws Exception { // [17][18]
        assertMirrored(
                IN_OTHER_KEYS,
                "(u INT NOT NULL, k INT NOT NULL, w %s, v INT, PRIMARY KEY (u, k), UNIQUE KEY other (u, w))",
                "INSERT INTO t VALUES (1, 1, ?, 1), (1, 2, ??, 2), (2, 3, ?, 3)",
                "REPLACE INTO t VALUES (1, 4, ?, 4), (1, 5, ??, 5)",
                "INSERT INTO t VALUES (1, 6, ?, 6) ON DUPLICATE KEY UPDATE v = 7",
                "UPDATE t SET v = 8 WHERE u = 1",
                "DELETE FROM t WHERE u = 1");
    }

    /** In the statements {@code t} is the table, {@code ?} a type's first value, {@code ??} its second. */
    private static void assertMirrored(List<Type> types, String definition, String... statements) throws Exception {
        List<String> tables = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            tables.add("CREATE TABLE t" + i + " "
                    + String.format(definition, types.get(i).column()));
        }
        try (AgentFixture agent = new AgentFixture("u", tables.toArray(String[]::new));
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.mirroring(A, null);
            statement.execute("SET time_zone = '-05:00'");
            List<String> failed = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                for (String each : statements) {
                    try {
                        run(connection, each.replaceAll("\\bt\\b", "t" + i), types.get(i));
                    } catch (SQLException e) {
                        failed.add(types.get(i) + " " + each + ": " + e.getMessage());
                    }
                    List<List<String>> source = rows(agent.source, i);
                    if (!source.equals(rows(agent.target, i))) {
                        failed.add(types.get(i) + " " + each + ": " + source + " and at the mirror "
                                + rows(agent.target, i));
                    }
                }
            }
            assertThat(failed).isEmpty();
            IntStream.range(0, types.size())
                    .forEach(i -> assertThat(rowsLeft(agent.source, i)).isLessThanOrEqualTo(1));
        }
    }

    private static List<List<String>> rows(TestSchema schema, int table) throws SQLException {
        return schema.rows(
                "SELECT u, HEX(CAST(k AS BINARY)), HEX(CAST(w AS BINARY)), v FROM t" + table + " ORDER BY 1, 2");
    }

    private static int rowsLeft(TestSchema schema, int table) {
        try {
            return rows(schema, table).size();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(Connection connection, String template, Type type) throws SQLException {
        StringBuilder sql = new StringBuilder();
        List<Object> bound = new ArrayList<>();
        for (String part : template.split("(?<=\\?)(?!\\?)|(?<!\\?)(?=\\?)", -1)) {
            if (!part.startsWith("?")) {
                sql.append(part);
                continue;
            }
            Object given = part.equals("?") ? type.first() : type.second();
            if (given instanceof Sql literal) {
                sql.append(literal.text());
            } else {
                sql.append('?');
                bound.add(given instanceof Bound text ? text.text() : given);
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < bound.size(); i++) {
                statement.setObject(i + 1, bound.get(i));
            }
            statement.executeUpdate();
        }
    }
}
