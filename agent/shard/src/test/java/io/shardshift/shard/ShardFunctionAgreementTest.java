package io.shardshift.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.shard.ShardSession.RowLock;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Java and the server say the same slot of the same stored value, and the server's filter by slots takes the same rows. */
class ShardFunctionAgreementTest {
    private static final long SEED = 20_261_124;
    private static final int VALUES = 500;

    @FunctionalInterface
    private interface Generator {
        Object next(Random random);
    }

    private static void agree(String column, List<ShardFunction> functions, Generator generator) throws Exception {
        try (TestSchema schema = TestCluster.schema(0, "slots");
                Connection connection = schema.connect()) {
            schema.execute("CREATE TABLE s (id INT AUTO_INCREMENT PRIMARY KEY, k " + column + ")");
            connection.setAutoCommit(false);
            Random random = new Random(SEED);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO s (k) VALUES (?)")) {
                for (int i = 0; i < VALUES; i++) {
                    insert.setObject(1, generator.next(random));
                    insert.executeUpdate();
                }
            }
            connection.commit();
            TableSchema read = SchemaReader.read(connection, "s").orElseThrow();
            for (ShardFunction function : functions) {
                ShardedTable table = new ShardedTable(read, List.of("k"), function);
                JdbcShardSession session = new JdbcShardSession(TwoShards.SOURCE, connection, () -> {});
                List<Row> rows = session.readRange(table, KeyRange.ALL, SlotRanges.of(0, 65_535), RowLock.NONE);
                List<String> java = new ArrayList<>();
                for (Row row : rows) {
                    java.add(Integer.toString(table.slot(row)));
                }
                assertThat(slots(schema, table))
                        .as("%s of %s, seed %s", function, column, SEED)
                        .isEqualTo(java);
                SlotRanges some = SlotRanges.parse("0-2, 5, 9-11");
                assertThat(session.readRange(table, KeyRange.ALL, some, RowLock.NONE))
                        .isEqualTo(rows.stream()
                                .filter(row -> some.contains(table.slot(row)))
                                .toList());
            }
        }
    }

    private static List<String> slots(TestSchema schema, ShardedTable table) throws SQLException {
        return schema
                .rows("SELECT " + table.slotSql() + " FROM s WHERE " + table.slotSql() + " IS NOT NULL ORDER BY id")
                .stream()
                .map(row -> row.get(0))
                .toList();
    }

    private static ShardFunction.Lookup lookup(int slots, String... keys) {
        TreeMap<String, Integer> entries = new TreeMap<>();
        for (int i = 0; i < keys.length; i++) {
            entries.put(keys[i], i);
        }
        return new ShardFunction.Lookup(slots, entries);
    }

    private static List<ShardFunction> ofIntegers(BigInteger low, BigInteger high) {
        BigInteger middle = low.add(high).shiftRight(1);
        return List.of(
                new ShardFunction.Crc32(1_024),
                new ShardFunction.Crc32(7),
                new ShardFunction.Modulo(16),
                new ShardFunction.Modulo(1_000),
                lookup(16, "1", "42"),
                new ShardFunction.RangeTable(
                        "k",
                        List.of(
                                new ShardFunction.RangeTable.Entry(low, middle, 2),
                                new ShardFunction.RangeTable.Entry(middle.add(BigInteger.ONE), high, 5))));
    }

    private static final List<ShardFunction> OF_TEXTS =
            List.of(new ShardFunction.Crc32(1_024), new ShardFunction.Crc32(12), lookup(12, "acme", "a", ""));

    private static String text(Random random, int codePoints) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int codePoint = random.nextInt(codePoints);
            text.appendCodePoint(Character.getType(codePoint) == Character.SURROGATE ? 'a' : codePoint);
        }
        return random.nextInt(20) == 0 ? "acme" : text.toString();
    }

    @Test
    void ofIntegers() throws Exception {
        BigInteger largest = BigInteger.ONE.shiftLeft(63);
        agree("BIGINT NOT NULL", ofIntegers(largest.negate(), largest), random -> switch (random.nextInt(4)) {
            case 0 -> random.nextInt(100) - 50L;
            case 1 -> Long.MIN_VALUE;
            case 2 -> Long.MAX_VALUE - random.nextInt(3);
            default -> random.nextLong();
        });
        agree(
                "BIGINT UNSIGNED NOT NULL",
                ofIntegers(BigInteger.ZERO, BigInteger.ONE.shiftLeft(64)),
                random -> new BigInteger(random.nextInt(65), random));
        agree(
                "INT(8) ZEROFILL NOT NULL",
                ofIntegers(BigInteger.ZERO, BigInteger.ONE.shiftLeft(32)),
                random -> random.nextInt(100_000));
    }

    @Test
    void ofTexts() throws Exception {
        agree(
                "VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin NOT NULL",
                OF_TEXTS,
                random -> text(random, 0x11_0000));
        agree("VARCHAR(40) CHARACTER SET utf8mb3 NOT NULL", OF_TEXTS, random -> text(random, 0x1_0000));
        agree("VARCHAR(40) CHARACTER SET utf16 NOT NULL", OF_TEXTS, random -> text(random, 0x11_0000));
        agree("CHAR(20) CHARACTER SET ascii NOT NULL", OF_TEXTS, random -> text(random, 0x80));
        agree(
                "VARCHAR(40) CHARACTER SET latin1 NOT NULL",
                OF_TEXTS,
                random -> { // every byte, those without a letter too
                    byte[] bytes = new byte[1 + random.nextInt(30)];
                    random.nextBytes(bytes);
                    return bytes;
                });
    }

    @Test
    void ofBytesAndDates() throws Exception {
        agree("VARBINARY(40) NOT NULL", OF_TEXTS, random -> {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            return random.nextInt(20) == 0 ? "acme".getBytes(StandardCharsets.US_ASCII) : bytes;
        });
        agree("DATE NOT NULL", OF_TEXTS, random -> (1_000 + random.nextInt(9_000)) + "-02-0" + (1 + random.nextInt(9)));
        agree(
                "DECIMAL(20, 3) NOT NULL",
                OF_TEXTS,
                random -> new java.math.BigDecimal(BigInteger.valueOf(random.nextLong() / 1_000), 3));
    }

    @Test
    void ofSeveralColumns() throws Exception {
        try (TwoShards shards = new TwoShards("CREATE TABLE s (id INT PRIMARY KEY, a INT NOT NULL,"
                        + " b VARCHAR(20) CHARACTER SET latin1 NOT NULL)");
                JdbcShardSession owner = shards.owner();
                Connection connection = shards.source.connect()) {
            shards.source.execute("INSERT INTO s VALUES (1, -5, 'ü'), (2, 0, ''), (3, 7, 'a,b')");
            for (ShardFunction function : List.of(new ShardFunction.Crc32(64), lookup(64, "7,a,b"))) {
                ShardedTable table =
                        new ShardedTable(SchemaReader.read(connection, "s").orElseThrow(), List.of("a", "b"), function);
                assertThat(slots(shards.source, table))
                        .isEqualTo(owner.readRange(table, KeyRange.ALL, SlotRanges.of(0, 63), RowLock.NONE).stream()
                                .map(row -> Integer.toString(table.slot(row)))
                                .toList());
            }
        }
    }

    @Test
    void moduloAndRangeTakeOneIntegerColumn() throws Exception {
        try (TwoShards shards = new TwoShards("CREATE TABLE s (id INT PRIMARY KEY, d DECIMAL(9, 2), name VARCHAR(9))");
                Connection connection = shards.source.connect()) {
            TableSchema schema = SchemaReader.read(connection, "s").orElseThrow();
            for (List<String> columns : List.of(List.of("d"), List.of("name"), List.of("id", "d"))) {
                assertThatThrownBy(() -> new ShardedTable(schema, columns, new ShardFunction.Modulo(4)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(columns.get(columns.size() - 1));
            }
        }
    }
}
