package io.shardshift.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.routing.SlotRanges;
import io.shardshift.shard.ShardSession.RowLock;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every column type comes through equal, by single rows and in bulk [27]. */
class ValuesTest {
    private static final String TABLE = "CREATE TABLE v (id INT PRIMARY KEY, ti TINYINT, si SMALLINT UNSIGNED,"
            + " mi MEDIUMINT, bi BIGINT, bu BIGINT UNSIGNED, d DECIMAL(30,10), f FLOAT, db DOUBLE, b BIT(64), da DATE,"
            + " t TIME(6), dt DATETIME(6), dt0 DATETIME, ts TIMESTAMP(6) NULL, y YEAR, c CHAR(10), vc VARCHAR(50),"
            + " l1 VARCHAR(20) CHARACTER SET latin1, u16 VARCHAR(20) CHARACTER SET utf16, tx TEXT, bn BINARY(8),"
            + " vb VARBINARY(20), bl BLOB, e ENUM('x','ü'), s SET('p','q','r'), j JSON, g POINT,"
            + " gen INT AS (id * 2) STORED, inv INT INVISIBLE, z INT(8) ZEROFILL, sm SMALLINT, l2 LONGTEXT, gc GEOMETRY)";

    private static final String[] ROWS = {
        "INSERT INTO v (id, ti, si, mi, bi, bu, d, f, db, b, da, t, dt, dt0, ts, y, c, vc, l1, u16, tx, bn, vb, bl, e, s, j,"
                + " g, inv) VALUES (1, -128, 65535, -8388608, -9223372036854775808, 18446744073709551615,"
                + " 12345678901234567890.0123456789, 3.4028234e38, 1.7976931348623157e308, 0xffffffffffffffff, '9999-12-31',"
                + " '-838:59:58.000001', '2024-02-29 23:59:59.123456', '2024-01-01 00:00:00',"
                + " '2024-10-27 01:30:00.5', 2155, 'a b', 'tab\\tnewline\\nback\\\\', 'Ü€', 'Ω𝄞', REPEAT('ä', 3000),"
                + " x'00ff000000000000', x'', x'000a5c0d09', 'ü', 'p,r',"
                + " '{\"a\": [1, 2.50, \"ü\\\\n\", 18446744073709551615, null]}', ST_SRID(POINT(1.5, -2), 4326), 5)",
        "INSERT INTO v (id) VALUES (2)",
        "INSERT INTO v (id, f, db, t, y, c, vc, s, b, ts) VALUES (3, 0.1, 0.1, '838:59:59', 0, '', '', '', 0,"
                + " '1970-01-01 00:00:01')",
        "SET sql_mode = 'ALLOW_INVALID_DATES'",
        "INSERT INTO v (id, da, dt0, ts, t, e, z, sm, l2, gc, d, f, db, j, c) VALUES (4, '2023-02-31', '0000-00-00',"
                + " '0000-00-00', '-00:00:00.000001', 'x', 42, -32768, REPEAT('\\\\N\\t', 50000),"
                + " ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 2))'), -0.0000000001, 1.17549e-38,"
                + " 4.9406564584124654e-324, '-1.5e300', ' lead and trail ')",
        "SET time_zone = '+02:00'",
        "INSERT INTO v (id, ts, j) VALUES (5, '2024-10-27 02:30:00', '{\"\": {}}')",
        "SET time_zone = '+01:00'",
        "INSERT INTO v (id, ts, j) VALUES (6, '2024-10-27 02:30:00', 'null')"
    };

    @Test
    void everyTypeIsEqualAfterMirroring() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE);
                JdbcShardSession owner = shards.owner();
                JdbcShardSession mirror = shards.mirror();
                Connection application = shards.source.connect()) {
            shards.source.execute("SET NAMES utf8mb4");
            shards.source.execute(ROWS);
            ShardedTable table = shards.table("v", "id");
            List<Row> rows = owner.readRange(table, KeyRange.ALL, SlotRanges.of(0, 15), RowLock.NONE);
            assertThat(rows).hasSize(6);

            mirror.insertRows(table, rows);
            mirror.commit();
            assertThat(mirror.readRange(table, KeyRange.ALL, SlotRanges.of(0, 15), RowLock.NONE))
                    .isEqualTo(rows);
            RangeChecksum checksum = owner.checksum(table, KeyRange.ALL, SlotRanges.of(0, 15));
            assertThat(mirror.checksum(table, KeyRange.ALL, SlotRanges.of(0, 15)))
                    .isEqualTo(checksum);
            String all = "SELECT *, inv, ST_AsText(g), HEX(bl), f + 0E0, UNIX_TIMESTAMP(ts) FROM v ORDER BY id";
            assertThat(shards.target.rows(all)).isEqualTo(shards.source.rows(all));

            mirror.deleteRange(table, KeyRange.ALL, SlotRanges.of(0, 15));
            mirror.loadRows(table, rows);
            mirror.commit();
            assertThat(mirror.checksum(table, KeyRange.ALL, SlotRanges.of(0, 15)))
                    .isEqualTo(checksum);
            assertThat(shards.target.rows(all)).isEqualTo(shards.source.rows(all));

            // each row becomes another one, and itself again, where it is
            for (boolean back : new boolean[] {false, true}) {
                for (int i = 0; i < rows.size(); i++) {
                    Row values = rows.get(back ? i : (i + 1) % rows.size());
                    byte[][] moved = new byte[values.columns()][];
                    for (int column = 0; column < moved.length; column++) {
                        moved[column] = values.value(column);
                    }
                    moved[0] = rows.get(i).value(0); // its key stays
                    assertThat(mirror.updateRow(table, new Row(moved), SlotRanges.of(0, 15)))
                            .isEqualTo(1);
                }
                mirror.commit();
                if (!back) {
                    assertThat(mirror.checksum(table, KeyRange.ALL, SlotRanges.of(0, 15)))
                            .isNotEqualTo(checksum);
                }
            }
            assertThat(mirror.checksum(table, KeyRange.ALL, SlotRanges.of(0, 15)))
                    .isEqualTo(checksum);
            assertThat(shards.target.rows(all)).isEqualTo(shards.source.rows(all));

            // an application's own session, with settings of its own
            application.setAutoCommit(false);
            application.createStatement().execute("SET time_zone = '-07:00', NAMES latin1");
            application
                    .createStatement()
                    .execute("SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH',"
                            + " character_set_connection = utf16, div_precision_increment = 0");
            ShardSession session = new JdbcShardSession(TwoShards.SOURCE, application, () -> {});
            assertThat(session.readRange(table, KeyRange.ALL, SlotRanges.of(0, 15), RowLock.UPDATE_NOWAIT))
                    .isEqualTo(rows);
            assertThat(session.readRows(table, rows.stream().map(table::key).toList(), RowLock.UPDATE))
                    .containsExactlyInAnyOrderElementsOf(rows);
        }
    }

    @Test
    void keysAreFoundByIndexAndByTheColumnsCollation() throws Exception {
        String text = "CREATE TABLE k (a VARCHAR(20) CHARACTER SET latin1, b BIGINT UNSIGNED, PRIMARY KEY (a, b))";
        try (TwoShards shards = new TwoShards(text);
                JdbcShardSession owner = shards.owner()) {
            shards.source.execute("INSERT INTO k VALUES ('Ü', 18446744073709551615), ('b', 1), ('b', 2), ('c', 0)");
            ShardedTable table = shards.table("k", "b");
            List<Row> rows = owner.readRange(table, KeyRange.ALL, SlotRanges.of(0, 15), RowLock.NONE);
            for (Row row : rows) {
                assertThat(owner.readRows(table, List.of(table.key(row)), RowLock.SHARE))
                        .containsExactly(row);
            }
            PrimaryKey b1 = table.key(rows.get(0));
            PrimaryKey last = owner.lastKey(table).orElseThrow();
            assertThat(owner.readRange(
                            table,
                            new KeyRange(java.util.Optional.of(b1), java.util.Optional.of(last), false),
                            SlotRanges.of(0, 15),
                            RowLock.SHARE_NOWAIT))
                    .isEqualTo(rows.subList(1, 3));
            assertThat(owner.chunkEnd(table, java.util.Optional.of(b1), 2).orElseThrow())
                    .isEqualTo(table.key(rows.get(2)));
        }
    }
}
