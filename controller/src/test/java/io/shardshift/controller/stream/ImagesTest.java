package io.shardshift.controller.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.stream.ChangeEvent.Image;
import io.shardshift.controller.stream.ChangeEvent.RowChange;
import io.shardshift.shard.Column;
import io.shardshift.shard.KeyRange;
import io.shardshift.shard.Row;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSession.RowLock;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An event's image equals the row as a session reads it, column by column, wherever it says that it can be compared [27]. */
class ImagesTest {
    private static final String TABLE =
            "CREATE TABLE v (id INT PRIMARY KEY, ti TINYINT, bo BOOLEAN, si SMALLINT UNSIGNED,"
                    + " mi MEDIUMINT, iu INT UNSIGNED, z INT(8) ZEROFILL, bi BIGINT, bu BIGINT UNSIGNED, d DECIMAL(30,10),"
                    + " du DECIMAL(5,2), f FLOAT, db DOUBLE, b1 BIT(1), b BIT(13), b64 BIT(64), da DATE, t TIME(6), t0 TIME,"
                    + " dt DATETIME(6), dt3 DATETIME(3), dt0 DATETIME, ts TIMESTAMP(6) NULL, ts0 TIMESTAMP NULL, y YEAR,"
                    + " c CHAR(10), vc VARCHAR(50), l1 VARCHAR(20) CHARACTER SET latin1, u16 VARCHAR(20) CHARACTER SET utf16,"
                    + " sj VARCHAR(20) CHARACTER SET sjis, tx MEDIUMTEXT, bn BINARY(8), vb VARBINARY(20), bl BLOB,"
                    + " e ENUM('x','ü','it''s'), s SET('p','q','r'), j JSON, g POINT, gen INT AS (id * 2) STORED,"
                    + " virt INT AS (id * 3) VIRTUAL, inv INT INVISIBLE)";

    private static final String COLUMNS =
            "INSERT INTO v (id, ti, bo, si, mi, iu, z, bi, bu, d, du, f, db, b1, b, b64, da,"
                    + " t, t0, dt, dt3, dt0, ts, ts0, y, c, vc, l1, u16, sj, tx, bn, vb, bl, e, s, j, g, inv) VALUES ";

    private static final String[] ROWS = {
        COLUMNS + "(1, -128, 1, 65535, -8388608, 4294967295, 42, -9223372036854775808, 18446744073709551615,"
                + " 12345678901234567890.0123456789, -1.50, 0.1, 0.1, b'1', b'1011', b'1000000000000000000000000000000000000"
                + "000000000000000000000000001', '9999-12-31', '-838:59:58.000001', '-00:00:01',"
                + " '2024-02-29 23:59:59.123456', '2024-02-29 23:59:59.120', '1000-01-01 00:00:00',"
                + " '2024-10-27 01:30:00.5', '2038-01-19 03:14:07', 2155, 'a b  ', 'tab\\tnew\\nback\\\\ ', 'Ü€', 'Ω𝄞', 'ソ',"
                + " REPEAT('ä', 3000), x'00ff000000000000', x'', x'000a5c0d09', 'ü', 'p,r',"
                + " '{\"a\": [1, 2.50]}', ST_GeomFromText('POINT(1 2)', 4326), 5)",
        COLUMNS + "(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b'0', b'0', b'0', '0070-01-02', '838:59:59', '00:00:00',"
                + " '0001-01-01 00:00:00.000001', '1969-12-31 23:59:59.999', '1970-01-01 00:00:01',"
                + " '1970-01-01 00:00:01', '1970-01-01 00:00:01', 0, '', '', '', '', '', '', x'', x'00', x'', 'it''s', '',"
                + " '[]', ST_GeomFromText('POINT(0 0)'), 0)",
        "INSERT INTO v (id) VALUES (3)",
        COLUMNS + "(4, 1, 2, 1, 1, 1, 123456789, 1, 1, 0.0000000001, 999.99, 1e10, 123456, b'1', b'1111111111111', ~0,"
                + " '2024-01-01', '00:00:00.1', '100:00:00', '2024-01-01 00:00:00', '2024-01-01', '2024-01-01',"
                + " '2024-06-01 00:00:00', '2024-06-01', 1901, 'x', 'x', 'plain', 'plain', 'plain', 'x', x'20', x'20', x'20',"
                + " 'x', 'q', 'null', NULL, NULL)"
    };

    /** Columns of row 1 that are certain: all but those whose value has several forms. */
    private static final Set<String> UNCERTAIN_IN_ROW_1 = Set.of("f", "db", "j", "g");

    @Test
    void anImageEqualsTheRow() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE)) {
            ShardedTable table = shards.table("v", "id");
            StoredStream stored = shards.atNow(TwoShards.SOURCE);
            shards.source.execute(ROWS);
            shards.source.execute(Polled.heartbeat(1));
            List<ChangeEvent> events;
            try (ChangeStream stream =
                    shards.streams.open(new StreamStart(TwoShards.SOURCE, stored, List.of(table.schema())))) {
                events = Polled.untilHeartbeat(stream, 1);
            }
            Map<Object, Row> rows = new HashMap<>();
            try (ShardSession session = shards.sessions.open(
                    TwoShards.SOURCE, Purpose.PLAIN, SystemTiming.INSTANCE.deadlineIn(Duration.ofSeconds(10)))) {
                session.readRange(table, KeyRange.ALL, SlotRanges.of(0, 15), RowLock.NONE)
                        .forEach(row -> rows.put(table.key(row), row));
            }
            assertThat(rows).hasSize(ROWS.length);
            for (ChangeEvent event : events.subList(0, ROWS.length)) {
                Image image = Objects.requireNonNull(((RowChange) event).after());
                Row row = Objects.requireNonNull(rows.get(table.key(image.row())));
                assertThat(differences(table, image, row)).isEmpty();
                if (table.key(row).toString().equals("(1)")) {
                    assertThat(uncertain(table, image)).isEqualTo(new TreeSet<>(UNCERTAIN_IN_ROW_1));
                }
            }
        }
    }

    private static List<String> differences(ShardedTable table, Image image, Row row) {
        List<Column> columns = table.schema().columns();
        return IntStream.range(0, columns.size())
                .filter(i -> !image.notComparable().get(i))
                .filter(i -> !Arrays.equals(image.row().value(i), row.value(i)))
                .mapToObj(i ->
                        columns.get(i).name() + ": event " + text(image.row().value(i)) + ", row " + text(row.value(i)))
                .toList();
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "NULL" : "'" + new String(value, StandardCharsets.UTF_8) + "'";
    }

    private static Set<String> uncertain(ShardedTable table, Image image) {
        Set<String> names = new TreeSet<>();
        image.notComparable().stream()
                .forEach(i -> names.add(table.schema().columns().get(i).name()));
        return names;
    }
}
