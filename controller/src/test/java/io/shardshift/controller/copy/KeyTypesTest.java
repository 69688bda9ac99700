package io.shardshift.controller.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.apply.Naming;
import io.shardshift.controller.apply.StreamWorker;
import io.shardshift.controller.copy.CopyFixture.Stored;
import io.shardshift.controller.pacing.Cancellation;
import io.shardshift.controller.pacing.RowRate;
import io.shardshift.controller.pacing.Throttle;
import io.shardshift.controller.stream.MemoryStreamStore;
import io.shardshift.controller.stream.TwoShards;
import io.shardshift.shard.ShardedTable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows are copied, named and applied from the stream whatever the type of their primary key, if preflight admits it. */
class KeyTypesTest {
    /** @param values of keys, in SQL; the first is there before, and so is the second, which is deleted */
    private record Type(String column, List<String> values) {}

    private static Type type(String column, String... values) {
        return new Type(column, List.of(values));
    }

    /** Bytes of the character set, as MySQL alone reads them. */
    private static Type text(String charset, String... hex) {
        List<String> values = new ArrayList<>();
        for (String each : hex) {
            values.add("CONVERT(x'" + each + "' USING " + charset + ")");
        }
        return new Type("VARCHAR(20) CHARACTER SET " + charset + " COLLATE " + charset + "_bin", values);
    }

    private static final List<Type> EXACT = List.of(
            type("DATE", "'2024-01-31'", "'9999-12-31'", "'0001-01-02'"),
            type("DATETIME(3)", "'2024-10-27 02:30:00.123'", "'2024-03-31 02:30:00'", "'1970-01-01 00:00:00'"),
            type("DATETIME", "'2024-10-27 02:30:00'", "'1000-01-01 00:00:00'", "'9999-12-31 23:59:59'"),
            type("TIMESTAMP(6)", "'2024-10-27 00:30:00.000001'", "'2024-10-27 01:30:00'", "'1970-01-01 00:00:01'"),
            type("TIMESTAMP", "'2024-10-27 00:30:00'", "'2024-10-27 01:30:00'", "'2038-01-19 03:14:07'"),
            type("DECIMAL(10,2)", "7.50", "-0.01", "99999999.99"),
            type("INT(8) ZEROFILL", "42", "123456789", "0"),
            type("BIGINT UNSIGNED", "18446744073709551615", "9223372036854775808", "0"),
            type("CHAR(4)", "'ab'", "''", "'a b'"),
            type("BINARY(4)", "x'0100'", "x'00'", "x'ffffffff'"),
            type("VARCHAR(20) CHARACTER SET utf8mb3 COLLATE utf8mb3_bin", "'Ω'", "'\\\\~'"));

    /** Whose naming by Debezium is not exact: preflight refuses {@code backfill: stream}. */
    private static final List<Type> COPIED = List.of(
            type("YEAR", "0", "1901", "2155"),
            type("BIT(9)", "b'101'", "b'111111111'", "b'0'"),
            type("BIT(1)", "b'1'", "b'0'"),
            type("TIME(2)", "'-838:59:59'", "'838:59:59'", "'00:00:00.01'"),
            text("latin1", "8141", "8d9d", "80a4"),
            text("greek", "e1", "a4", "5c7e"),
            text("hebrew", "e0", "5c7e"),
            text("cp1251", "e6", "98"),
            text("sjis", "835c", "8160", "5c7e"),
            text("cp932", "835c", "8160", "fa40"),
            text("ujis", "a5bd", "a1c1", "8fa2b7"),
            text("euckr", "c7d1", "a1ad"),
            text("gbk", "d6d0", "815c"),
            text("gb18030", "d6d0", "81308130"),
            text("big5", "a4a4", "a15c"),
            type("VARCHAR(20) CHARACTER SET utf16", "'\ud834\udd1e'", "'a'", "''"),
            text("ucs2", "03a9", "0041"));

    private static String[] tables(List<Type> types) {
        String[] tables = new String[types.size() + 1];
        for (int i = 0; i < types.size(); i++) {
            tables[i] = "CREATE TABLE t" + i + " (k " + types.get(i).column()
                    + " NOT NULL, u INT NOT NULL, v INT, PRIMARY KEY (k, u))";
        }
        tables[types.size()] = "CREATE TABLE long_rows (u INT PRIMARY KEY, v LONGTEXT)";
        return tables;
    }

    private static String[] before(List<Type> types) {
        List<String> statements = new ArrayList<>(List.of("SET time_zone = '+00:00'"));
        for (int i = 0; i < types.size(); i++) {
            for (String value : types.get(i).values().subList(0, 2)) {
                statements.add("INSERT INTO t" + i + " VALUES (" + value + ", 1, 1), (" + value + ", 2, 2)");
            }
        }
        // By the length of these Debezium is told to name rows one by one: each key is a bound once.
        statements.add("INSERT INTO long_rows VALUES (1, REPEAT('x', 5000000))");
        statements.add("ANALYZE TABLE long_rows");
        return statements.toArray(String[]::new);
    }

    private static String[] changes(List<Type> types) {
        List<String> statements = new ArrayList<>(List.of("SET time_zone = '+00:00'"));
        for (int i = 0; i < types.size(); i++) {
            List<String> values = types.get(i).values();
            statements.add("UPDATE t" + i + " SET v = 3 WHERE k = " + values.get(0));
            statements.add("DELETE FROM t" + i + " WHERE u = 1 AND k = " + values.get(1));
            for (String value : values) {
                statements.add("INSERT INTO t" + i + " VALUES (" + value + ", 4, 4)");
            }
            statements.add("UPDATE t" + i + " SET u = 5, k = " + values.get(values.size() - 1) + " WHERE u = 2 AND k = "
                    + values.get(0));
        }
        return statements.toArray(String[]::new);
    }

    private static List<ShardedTable> sharded(TwoShards shards, List<Type> types) throws SQLException {
        List<ShardedTable> tables = new ArrayList<>(List.of(shards.table("long_rows", "u")));
        for (int i = 0; i < types.size(); i++) {
            tables.add(shards.table("t" + i, "u"));
        }
        return tables;
    }

    private static void assertEqual(TwoShards shards, List<Type> types) throws SQLException {
        List<String> differing = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            String all = "SELECT HEX(CAST(k AS BINARY)), u, v FROM t" + i + " ORDER BY 1, 2";
            List<List<String>> source = shards.source.rows(all);
            assertThat(source).hasSizeGreaterThan(2);
            if (!source.equals(shards.target.rows(all))) {
                differing.add(types.get(i).column() + ": " + source + " and " + shards.target.rows(all));
            }
        }
        assertThat(differing).isEmpty();
    }

    private static WorkContext context(TwoShards shards) {
        return new WorkContext(
                shards.sessions,
                SystemTiming.INSTANCE,
                new Throttle(SystemTiming.INSTANCE, Duration.ofSeconds(1), List.of()),
                new RowRate(SystemTiming.INSTANCE, null),
                group -> 1L,
                new ServerEstimates(shards.sessions, SystemTiming.INSTANCE),
                new Random(1));
    }

    private static Deadline soon() {
        return SystemTiming.INSTANCE.deadlineIn(Duration.ofSeconds(60));
    }

    private static final MirroredPair PAIR =
            new MirroredPair(TwoShards.SOURCE, TwoShards.TARGET, List.of(TwoShards.LOW), 16);

    /** A stream and what it names. */
    private static final class Stream implements NamedRows {
        private final TwoShards shards;
        private final Naming naming = Naming.by(TwoShards.MIGRATION);
        private final StreamWorker worker;
        private @Nullable Future<?> running;
        private long heartbeats;

        Stream(TwoShards shards, List<ShardedTable> tables) throws SQLException {
            this.shards = shards;
            this.worker = new StreamWorker(
                    TwoShards.SOURCE,
                    List.of(TwoShards.LOW),
                    tables,
                    shards.streams,
                    shards.sessions,
                    new MemoryStreamStore(shards.atNow(TwoShards.SOURCE)),
                    SystemTiming.INSTANCE,
                    naming);
        }

        void start() {
            if (running == null) {
                running = shards.start(worker);
            }
        }

        @Override
        public Naming naming(ShardName source, String id) {
            naming.want(id);
            start();
            return naming;
        }

        @Override
        public boolean hasMetNow(ShardName source, Deadline deadline) throws InterruptedException {
            long value = ++heartbeats;
            try {
                shards.source.execute("REPLACE INTO _shardshift_heartbeat VALUES ('test', " + value + ", NOW(6))");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return worker.awaitMet("test", value, deadline);
        }

        void stop() throws Exception {
            worker.stop();
            if (running != null) {
                running.get(60, TimeUnit.SECONDS);
            }
        }
    }

    /** Copies by {@code work}, then changes rows, whose changes come by the stream. */
    private static void run(List<Type> types, boolean named) throws Exception {
        try (TwoShards shards = new TwoShards(tables(types))) {
            shards.source.execute(before(types));
            shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER_MIRRORING, 1);
            shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.MIRROR, 1);
            List<ShardedTable> tables = sharded(shards, types);
            Stream stream = new Stream(shards, tables);
            shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER_MIRRORING, 2); // the stream begins before it
            if (named) {
                new StreamCopy(context(shards), List.of(PAIR), tables, new Stored(), stream).run(Cancellation.NEVER);
            } else {
                new BulkCopy(context(shards), List.of(PAIR), tables, new Stored()).runWorker(Cancellation.NEVER);
            }
            assertEqual(shards, types);

            stream.start();
            shards.source.execute(changes(types));
            shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER_MIRRORING, 3);
            assertThat(stream.worker.awaitPassed(TwoShards.LOW.id(), Role.OWNER_MIRRORING, 1, 3, soon()))
                    .isTrue();
            stream.stop();
            assertEqual(shards, types);
        }
    }

    @Test
    void rowsAreNamedByTheirKeysAndTheirChangesApplied() throws Exception { // [27]
        run(EXACT, true);
    }

    @Test
    void rowsAreCopiedByRangesOfTheirKeysAndTheirChangesApplied() throws Exception { // [27]
        List<Type> all = new ArrayList<>(EXACT);
        all.addAll(COPIED);
        run(all, false);
    }
}
