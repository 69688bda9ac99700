package io.shardshift.shard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.shard.ShardSession.RowLock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows are found by the key's index, on the smallest table too: a scan locks, or waits for, rows of others [8]. */
class RowSqlPlanTest {
    private static final String NUMBERS =
            "CREATE TABLE n (id INT PRIMARY KEY, v INT, name VARCHAR(20), UNIQUE KEY by_name (name))";
    private static final String TEXTS =
            "CREATE TABLE c (a VARCHAR(20) CHARACTER SET latin1, at TIMESTAMP(6), u BINARY(4),"
                    + " v BIGINT, PRIMARY KEY (a, at, u))";

    @FunctionalInterface
    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private static void usesIndex(Connection connection, String index, String sql, Binding binding)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("EXPLAIN " + sql)) {
            binding.bind(statement);
            ResultSet plan = statement.executeQuery();
            assertThat(plan.next()).isTrue();
            assertThat(plan.getString("type")).as(sql).isIn("range", "const");
            assertThat(plan.getString("key")).as(sql).isEqualTo(index);
        }
    }

    private static PrimaryKey key(String... values) {
        byte[][] bytes = new byte[values.length][];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = values[i].getBytes(US_ASCII);
        }
        return new PrimaryKey(bytes);
    }

    private static Row row(@Nullable String... values) {
        byte[][] bytes = new byte[values.length][];
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            bytes[i] = value == null ? null : value.getBytes(US_ASCII);
        }
        return new Row(bytes);
    }

    private static void everyStatementUsesThePrimaryKey(
            Connection connection, RowSql sql, List<PrimaryKey> keys, Row row) throws SQLException {
        List<PrimaryKey> one = keys.subList(0, 1);
        usesIndex(connection, "PRIMARY", sql.selectByKeys(1, RowLock.SHARE), s -> sql.bindKeys(s, one));
        usesIndex(connection, "PRIMARY", sql.selectByKeys(keys.size(), RowLock.UPDATE), s -> sql.bindKeys(s, keys));
        usesIndex(connection, "PRIMARY", sql.deleteByKeys(keys.size(), TwoShards.SLOTS), s -> sql.bindKeys(s, keys));
        usesIndex(connection, "PRIMARY", sql.update(TwoShards.SLOTS), s -> sql.bindUpdate(s, row));
        for (boolean endIncluded : new boolean[] {true, false}) {
            KeyRange range =
                    new KeyRange(Optional.of(keys.get(0)), Optional.of(keys.get(keys.size() - 1)), endIncluded);
            usesIndex(
                    connection,
                    "PRIMARY",
                    sql.selectRange(range, TwoShards.SLOTS, RowLock.SHARE_NOWAIT),
                    s -> sql.bindRange(s, range));
            usesIndex(connection, "PRIMARY", sql.selectFirst(range, TwoShards.SLOTS), s -> sql.bindRange(s, range));
            usesIndex(connection, "PRIMARY", sql.deleteRange(range, TwoShards.SLOTS), s -> sql.bindRange(s, range));
        }
    }

    @Test
    void aNumberIsFoundByItsIndex() throws Exception { // [8]
        try (TwoShards shards = new TwoShards(NUMBERS);
                Connection connection = shards.source.connect()) {
            shards.source.execute("INSERT INTO n VALUES (1, 1, 'a')");
            List<PrimaryKey> keys = new ArrayList<>();
            for (int id = 1; id <= 20; id++) {
                keys.add(key(Integer.toString(id)));
            }
            ShardedTable table = shards.table("n", "id");
            Row row = row("1", null, "a");
            everyStatementUsesThePrimaryKey(connection, table.sql(), keys, row);
            TableSchema.UniqueKey name = table.schema().uniqueKeys().stream()
                    .filter(one -> one.name().equals("by_name"))
                    .findFirst()
                    .orElseThrow();
            List<Row> rows = List.of(row, row, row, row);
            usesIndex(
                    connection,
                    "by_name",
                    table.sql().selectByUniqueKey(name, rows.size(), RowLock.UPDATE),
                    s -> table.sql().bindUniqueKey(s, name.columns(), rows));
        }
    }

    @Test
    void aCompositeKeyOfTextTimeAndBytesIsFoundByItsIndex() throws Exception { // [8]
        try (TwoShards shards = new TwoShards(TEXTS);
                Connection connection = shards.source.connect()) {
            shards.source.execute(
                    "SET time_zone = '+00:00'", "INSERT INTO c VALUES ('k11', '2024-10-27 01:30:00.5', 'ab11', 1)");
            List<PrimaryKey> keys = new ArrayList<>();
            for (int i = 1; i <= 20; i++) {
                keys.add(key("k" + (10 + i), "2024-10-27 01:30:00.500000", "ab" + (10 + i)));
            }
            everyStatementUsesThePrimaryKey(
                    connection,
                    shards.table("c", "v").sql(),
                    keys,
                    row("k11", "2024-10-27 01:30:00.500000", "ab11", "2"));
        }
    }

    @Test
    void theEndOfAChunkIsFoundFromItsBeginning() throws Exception { // [8]
        try (TwoShards shards = new TwoShards(TEXTS);
                Connection connection = shards.source.connect()) {
            shards.source.execute(
                    "SET cte_max_recursion_depth = 5000",
                    "INSERT INTO c WITH RECURSIVE n AS (SELECT 1000 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"
                            + " SELECT CONCAT('k', i DIV 100), '2024-01-01', i, 1 FROM n",
                    "ANALYZE TABLE c");
            RowSql sql = shards.table("c", "v").sql();
            PrimaryKey after = key("k25", "2024-01-01 00:00:00.000000", "2550");
            usesIndex(connection, "PRIMARY", sql.selectKeyAfter(true, 10), s -> sql.bindCompare(s, 1, after));
        }
    }

    @Test
    void aMirrorWriteWaitsForNoRowThatItDoesNotName() throws Exception { // [36]
        try (TwoShards shards = new TwoShards(NUMBERS);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror();
                Connection other = shards.target.connect();
                Connection application = shards.source.connect()) {
            String rows = "INSERT INTO n VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')";
            shards.source.execute(rows, "UPDATE n SET v = 9 WHERE id <> 3");
            shards.target.execute(rows);
            for (Connection holder : List.of(other, application)) {
                holder.setAutoCommit(false);
                holder.createStatement().execute("SELECT * FROM n WHERE id = 3 FOR UPDATE");
            }
            Mirror.keys(
                    owner,
                    mirror,
                    shards.group,
                    shards.table("n", "id"),
                    Set.of(key("1"), key("2"), key("4"), key("5"), key("6"), key("7")));
            assertThat(shards.target.rows("SELECT v FROM n ORDER BY id"))
                    .isEqualTo(List.of(List.of("9"), List.of("9"), List.of("3")));
        }
    }

    @Test
    void aKeyInAnEnumsOwnOrderIsFoundButHasNoRanges() throws Exception {
        try (TwoShards shards =
                        new TwoShards("CREATE TABLE e (size ENUM('small', 'large', 'huge') PRIMARY KEY, id INT)");
                ShardSession owner = shards.owner()) {
            shards.source.execute("INSERT INTO e VALUES ('small', 1), ('large', 2), ('huge', 3)");
            ShardedTable table = shards.table("e", "id");
            assertThat(owner.readRows(table, Set.of(key("large"), key("huge")), RowLock.SHARE))
                    .hasSize(2);
            assertThatThrownBy(() -> owner.chunkEnd(table, Optional.empty(), 1))
                    .isInstanceOf(ShardException.class)
                    .hasMessageContaining("ENUM");
            KeyRange range = new KeyRange(Optional.of(key("small")), Optional.empty(), true);
            assertThatThrownBy(() -> owner.readRange(table, range, TwoShards.SLOTS, RowLock.SHARE))
                    .isInstanceOf(ShardException.class)
                    .hasMessageContaining("ENUM");
        }
    }
}
