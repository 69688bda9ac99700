package io.shardshift.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.shard.StoredForm.Fit;
import io.shardshift.shard.StoredForm.Stored;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Java says that MySQL stores is what MySQL stores, in strict mode and without [18]. */
class StoredFormTest {
    private record Case(String column, Object value, Fit fit) {}

    private static final List<Case> CASES = List.of(
            new Case("TINYINT", 127, Fit.AS_GIVEN),
            new Case("TINYINT", -128, Fit.AS_GIVEN),
            new Case("TINYINT", 128, Fit.OUT_OF_RANGE),
            new Case("TINYINT", -129, Fit.OUT_OF_RANGE),
            new Case("TINYINT UNSIGNED", 255, Fit.AS_GIVEN),
            new Case("TINYINT UNSIGNED", 256, Fit.OUT_OF_RANGE),
            new Case("TINYINT UNSIGNED", -1, Fit.OUT_OF_RANGE),
            new Case("SMALLINT", 32_768, Fit.OUT_OF_RANGE),
            new Case("MEDIUMINT UNSIGNED", 16_777_215, Fit.AS_GIVEN),
            new Case("MEDIUMINT", 8_388_608, Fit.OUT_OF_RANGE),
            new Case("INT", 99_999_999_999L, Fit.OUT_OF_RANGE),
            new Case("INT", new BigDecimal("5.9"), Fit.OTHERWISE),
            new Case("INT", new BigDecimal("5.0"), Fit.AS_GIVEN),
            new Case("BIGINT UNSIGNED", new BigDecimal("18446744073709551615"), Fit.AS_GIVEN),
            new Case("BIGINT", new BigDecimal("9223372036854775808"), Fit.OUT_OF_RANGE),
            new Case("YEAR", 2024, Fit.AS_GIVEN),
            new Case("YEAR", 5, Fit.OTHERWISE),
            new Case("DECIMAL(10,2)", new BigDecimal("1.5"), Fit.AS_GIVEN),
            new Case("DECIMAL(10,2)", 7, Fit.AS_GIVEN),
            new Case("DECIMAL(10,2)", new BigDecimal("3.004"), Fit.OTHERWISE),
            new Case("DECIMAL(4,2)", 100, Fit.OUT_OF_RANGE),
            new Case("DECIMAL(4,2)", new BigDecimal("-0.5"), Fit.AS_GIVEN),
            new Case("VARCHAR(4)", "ab  ", Fit.AS_GIVEN),
            new Case("VARCHAR(4)", "ab      ", Fit.CHANGED),
            new Case("VARCHAR(4)", "abcde", Fit.TOO_LONG),
            new Case("VARCHAR(4)", "abcde   ", Fit.TOO_LONG),
            new Case("VARCHAR(2)", "\u00e4\ud83d\ude00", Fit.AS_GIVEN),
            new Case("VARCHAR(2)", "\u00e4\ud83d\ude00 ", Fit.CHANGED),
            new Case("VARCHAR(2) CHARACTER SET utf8mb3", "\ud83d\ude00", Fit.OTHERWISE),
            new Case("VARCHAR(4) CHARACTER SET ascii", "\u00e4", Fit.OTHERWISE),
            new Case("VARCHAR(4) CHARACTER SET latin1", "\u20ac", Fit.AS_GIVEN),
            new Case("VARCHAR(4) CHARACTER SET latin1", "\u0081", Fit.OTHERWISE),
            new Case("VARCHAR(4) CHARACTER SET utf16", "a\ud83d\ude00", Fit.AS_GIVEN),
            new Case("VARCHAR(4) CHARACTER SET sjis", "\uff5e", Fit.OTHERWISE),
            new Case("VARCHAR(4) CHARACTER SET sjis", "a\\", Fit.OTHERWISE),
            new Case("VARCHAR(4) CHARACTER SET greek", "\u20ac", Fit.OTHERWISE),
            new Case("VARCHAR(4) CHARACTER SET greek", "plus", Fit.AS_GIVEN),
            new Case("CHAR(4)", "ab  ", Fit.CHANGED),
            new Case("CHAR(4)", "ab        ", Fit.CHANGED),
            new Case("CHAR(4) COLLATE utf8mb4_general_ci", "ab ", Fit.CHANGED),
            new Case("CHAR(4)", "abcd", Fit.AS_GIVEN),
            new Case("CHAR(4)", "abcd ", Fit.CHANGED),
            new Case("CHAR(4)", "abcde", Fit.TOO_LONG),
            new Case("TINYTEXT", "a".repeat(255), Fit.AS_GIVEN),
            new Case("TINYTEXT", "a".repeat(256), Fit.TOO_LONG),
            new Case("ENUM('a','it''s')", "it's", Fit.AS_GIVEN),
            new Case("ENUM('a','b')", "A", Fit.OTHERWISE),
            new Case("ENUM('a','b')", "2", Fit.OTHERWISE),
            new Case("SET('x','y')", "x,y", Fit.AS_GIVEN),
            new Case("SET('x','y')", "y,x", Fit.OTHERWISE),
            new Case("BINARY(4)", new byte[] {1}, Fit.CHANGED),
            new Case("BINARY(4)", new byte[] {1, 2, 3, 4}, Fit.AS_GIVEN),
            new Case("BINARY(2)", new byte[] {1, 2, ' '}, Fit.TOO_LONG),
            new Case("VARBINARY(2)", new byte[] {1, 0}, Fit.AS_GIVEN),
            new Case("VARBINARY(2)", new byte[] {1, 2, ' '}, Fit.TOO_LONG));

    private static Stored stored(Column column, Object value) {
        if (value instanceof String text) {
            return column.stored().text(text);
        }
        return value instanceof byte[] bytes
                ? column.stored().bytes(bytes)
                : column.stored().number(new BigDecimal(value.toString()));
    }

    @Test
    void whatIsCertainIsWhatMySqlStores() throws Exception { // [18]
        try (TestSchema schema = TestCluster.schema(0, "stored");
                Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            for (Case each : CASES) {
                statement.execute("DROP TABLE IF EXISTS s");
                statement.execute("CREATE TABLE s (k " + each.column() + ")");
                Column column = SchemaReader.read(connection, "s")
                        .orElseThrow()
                        .columns()
                        .get(0);
                Stored stored = stored(column, each.value());
                assertThat(stored.fit()).as("%s", each).isEqualTo(each.fit());
                for (String mode : List.of("STRICT_ALL_TABLES", "")) {
                    statement.execute("SET sql_mode = '" + mode + "'");
                    statement.execute("TRUNCATE s");
                    String hex = written(connection, each.value());
                    if (stored.isCertain()) {
                        assertThat(hex)
                                .as("%s under sql_mode '%s'", each, mode)
                                .isEqualTo(HexFormat.of()
                                        .withUpperCase()
                                        .formatHex(stored.neutral().orElseThrow()));
                    }
                }
            }
        }
    }

    private static String written(Connection connection, Object value) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO s VALUES (?)")) {
            insert.setObject(1, value);
            insert.executeUpdate();
        } catch (SQLException e) {
            return "refused with " + e.getErrorCode();
        }
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT HEX(CAST(k AS BINARY)) FROM s")) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }

    @Test
    void aByteThatJavaAndMySqlReadOtherwiseIsNeverCertain() throws Exception { // [18]
        List<String> charsets = List.of(
                "latin1", "latin2", "latin5", "greek", "hebrew", "cp1250", "cp1251", "cp1256", "cp1257", "koi8r");
        try (TestSchema schema = TestCluster.schema(0, "stored");
                Connection connection = schema.connect();
                Statement statement = connection.createStatement()) {
            for (String charset : charsets) {
                statement.execute("DROP TABLE IF EXISTS s");
                statement.execute(
                        "CREATE TABLE s (k VARCHAR(4) CHARACTER SET " + charset + " COLLATE " + charset + "_bin)");
                StringBuilder bytes = new StringBuilder("INSERT INTO s VALUES (x'21')");
                for (int value = 0x22; value < 0x100; value++) {
                    bytes.append(", (x'").append(Integer.toHexString(value)).append("')");
                }
                statement.execute("SET sql_mode = ''");
                statement.execute(bytes.toString());
                Column column = SchemaReader.read(connection, "s")
                        .orElseThrow()
                        .columns()
                        .get(0);
                try (ResultSet result = statement.executeQuery("SELECT k, HEX(k) FROM s")) {
                    while (result.next()) {
                        Stored stored = column.stored().text(result.getString(1));
                        if (stored.isCertain()) {
                            assertThat(HexFormat.of()
                                            .withUpperCase()
                                            .formatHex(stored.neutral().orElseThrow()))
                                    .as(charset)
                                    .isEqualTo(result.getString(2));
                        }
                    }
                }
            }
        }
    }
}
