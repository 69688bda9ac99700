package io.shardshift.controller.check;

import static io.shardshift.controller.check.TableCase.fails;
import static io.shardshift.controller.check.TableCase.passes;

import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.SlotRanges;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check of keys on real schemas: where it passes, where it does not, and after its remedy. */
class KeyChecksTest {
    private static final String T =
            "CREATE TABLE t (user_id BIGINT NOT NULL, id BIGINT NOT NULL, v VARCHAR(20), PRIMARY KEY (user_id, id))";

    static Stream<TableCase> cases() {
        return Stream.concat(keys().stream(), shardKeys().stream());
    }

    private static List<TableCase> keys() {
        Check autoIncrement = new AutoIncrementIsManaged();
        String counting = "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, user_id BIGINT NOT NULL)";
        return List.of(
                passes(new PrimaryKeyExists(), "there", T),
                fails(
                        new PrimaryKeyExists(),
                        ErrorCode.PRIMARY_KEY_MISSING,
                        "none",
                        "CREATE TABLE t (user_id BIGINT NOT NULL)"),
                passes(new PrimaryKeyIsExact(), "integers", T),
                fails(
                        new PrimaryKeyIsExact(),
                        ErrorCode.PRIMARY_KEY_INEXACT,
                        "double",
                        "CREATE TABLE t (user_id BIGINT NOT NULL, d DOUBLE NOT NULL, PRIMARY KEY (user_id, d))"),
                passes(new PrimaryKeyIsOrdered(), "[8] integers", T),
                fails(
                        new PrimaryKeyIsOrdered(),
                        ErrorCode.PRIMARY_KEY_NOT_ORDERED,
                        "[8] enum",
                        "CREATE TABLE t (user_id BIGINT NOT NULL, e ENUM('b', 'a') NOT NULL, PRIMARY KEY (user_id, e))"),
                fails(
                        new PrimaryKeyIsOrdered(),
                        ErrorCode.PRIMARY_KEY_NOT_ORDERED,
                        "[8] set",
                        "CREATE TABLE t (user_id BIGINT NOT NULL, s SET('b', 'a') NOT NULL, PRIMARY KEY (user_id, s))"),
                passes(
                        new PrimaryKeyIsOrdered(),
                        "[8] enum beside the key",
                        "CREATE TABLE t (user_id BIGINT PRIMARY KEY, e ENUM('b', 'a') NOT NULL)"),
                passes(new PrimaryKeyCanBeNamed(), "time, copied", keyWith("TIME")),
                passes(new PrimaryKeyCanBeNamed(), "timestamp", keyWith("TIMESTAMP"))
                        .keyspace(keyspace -> keyspace.backfill = MigrationPlan.Backfill.STREAM),
                fails(new PrimaryKeyCanBeNamed(), ErrorCode.PRIMARY_KEY_NOT_NAMED, "time", keyWith("TIME"))
                        .keyspace(keyspace -> keyspace.backfill = MigrationPlan.Backfill.STREAM),
                fails(
                                new PrimaryKeyCanBeNamed(),
                                ErrorCode.PRIMARY_KEY_NOT_NAMED,
                                "latin1",
                                keyWith("VARCHAR(20) CHARACTER SET latin1"))
                        .keyspace(keyspace -> keyspace.backfill = MigrationPlan.Backfill.STREAM),
                passes(new PrimaryKeyDatesAreReal(), "real", keyWith("DATE"), "INSERT INTO t VALUES (1, '2026-02-28')"),
                fails(
                        new PrimaryKeyDatesAreReal(),
                        ErrorCode.PRIMARY_KEY_ZERO_DATE,
                        "zero",
                        keyWith("DATE"),
                        "SET sql_mode = ''",
                        "INSERT INTO t VALUES (1, '0000-00-00')"),
                fails(
                        new PrimaryKeyDatesAreReal(),
                        ErrorCode.PRIMARY_KEY_ZERO_DATE,
                        "no day",
                        keyWith("DATETIME"),
                        "SET sql_mode = ''",
                        "INSERT INTO t VALUES (1, '2026-01-00 00:00:00')"),
                passes(
                        new UniqueKeysAreOverColumns(),
                        "[15] columns",
                        T,
                        "ALTER TABLE t ADD UNIQUE KEY v (user_id, v)"),
                fails(
                        new UniqueKeysAreOverColumns(),
                        ErrorCode.UNIQUE_KEY_OVER_EXPRESSION,
                        "[15] a functional key part",
                        T,
                        "ALTER TABLE t ADD UNIQUE KEY v (user_id, (LOWER(v)))"),
                fails(
                        new UniqueKeysAreOverColumns(),
                        ErrorCode.UNIQUE_KEY_OVER_EXPRESSION,
                        "[15] a prefix",
                        T,
                        "ALTER TABLE t ADD UNIQUE KEY v (user_id, v(3))"),
                fails(
                        new UniqueKeysAreOverColumns(),
                        ErrorCode.UNIQUE_KEY_OVER_EXPRESSION,
                        "[15] a generated column",
                        T,
                        "ALTER TABLE t ADD g INT AS (LENGTH(v)), ADD UNIQUE KEY v (user_id, g)"),
                passes(new UniqueKeysHoldShardKey(), "[15] in the primary key", T),
                fails(new UniqueKeysHoldShardKey(), ErrorCode.UNIQUE_KEY_WITHOUT_SHARD_KEY, "[15] not", counting),
                passes(new UniqueKeysHoldShardKey(), "[15] declared", counting)
                        .keyspace(keyspace -> keyspace.unique = List.of("t.PRIMARY")),
                fails(
                        new UniqueKeysHoldShardKey(),
                        ErrorCode.UNIQUE_KEY_WITHOUT_SHARD_KEY,
                        "[15] a secondary key",
                        T,
                        "ALTER TABLE t ADD UNIQUE KEY v (v)"),
                passes(autoIncrement, "[15] no such column", T),
                fails(autoIncrement, ErrorCode.AUTO_INCREMENT_NOT_MANAGED, "[15] each counts alone", counting),
                passes(autoIncrement, "[15] managed", counting).keyspace(keyspace -> keyspace.autoIncrement = 16),
                passes(autoIncrement, "[15] all slots move in one group", counting)
                        .keyspace(keyspace -> keyspace.groups = List.of(MovedKeyspace.group(
                                SlotRanges.of(0, 15), MovedKeyspace.SOURCE, MovedKeyspace.TARGET))));
    }

    private static String keyWith(String type) {
        return "CREATE TABLE t (user_id BIGINT NOT NULL, k " + type + " NOT NULL, PRIMARY KEY (user_id, k))";
    }

    private static String keyed(String type) {
        return "CREATE TABLE t (user_id " + type + " NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (id))";
    }

    private static ShardFunction ranges() {
        return new ShardFunction.RangeTable(
                "user_id", List.of(new ShardFunction.RangeTable.Entry(BigInteger.ZERO, BigInteger.valueOf(99), 0)));
    }

    private static TableCase notNormal(String table, String name, String value) {
        return fails(
                        new ShardKeyIsNormal(),
                        ErrorCode.SHARD_KEY_NOT_NORMAL,
                        "[18] " + name,
                        table,
                        "INSERT INTO t VALUES ('" + value + "', 1)")
                .keyspace(keyspace -> keyspace.form = ShardKeyForm.ASCII_LOWER);
    }

    private static List<TableCase> shardKeys() {
        Check type = new ShardKeyTypeIsSupported();
        Check text = new ShardKeyTextIsBinary();
        String loose = keyed("VARCHAR(20) COLLATE utf8mb4_0900_ai_ci");
        return List.of(
                passes(new ShardKeyExists(), "there", T),
                fails(new ShardKeyExists(), ErrorCode.SHARD_KEY_MISSING, "not", T)
                        .keyspace(keyspace -> keyspace.table("t", "tenant")),
                passes(new ShardKeyIsNotNull(), "not null", T),
                fails(
                        new ShardKeyIsNotNull(),
                        ErrorCode.SHARD_KEY_NULLABLE,
                        "nullable",
                        "CREATE TABLE t (user_id BIGINT, id BIGINT PRIMARY KEY)"),
                passes(type, "integer", T),
                fails(type, ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED, "float", keyed("FLOAT")),
                fails(type, ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED, "timestamp", keyed("TIMESTAMP")),
                fails(type, ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED, "date", keyed("DATE")),
                fails(type, ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED, "year", keyed("YEAR")),
                fails(type, ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED, "enum", keyed("ENUM('1', '2')")),
                fails(type, ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED, "decimal with scale", keyed("DECIMAL(9,2)")),
                passes(type, "decimal without scale", keyed("DECIMAL(20)")),
                passes(type, "text", keyed("VARCHAR(9)")),
                passes(type, "bytes", keyed("BINARY(16)")),
                fails(type, ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED, "decimal under modulo", keyed("DECIMAL(20)"))
                        .keyspace(keyspace -> keyspace.function = new ShardFunction.Modulo(16)),
                fails(type, ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED, "text under range", keyed("VARCHAR(9)"))
                        .keyspace(keyspace -> keyspace.function = ranges()),
                passes(type, "integer under range", keyed("INT UNSIGNED"))
                        .keyspace(keyspace -> keyspace.function = ranges()),
                passes(new ShardKeyIsStored(), "written", T),
                fails(
                        new ShardKeyIsStored(),
                        ErrorCode.SHARD_KEY_GENERATED,
                        "generated",
                        "CREATE TABLE t (id BIGINT PRIMARY KEY, user_id BIGINT AS (id DIV 10) STORED NOT NULL)"),
                passes(new RowsHaveSlots(), "in ranges", T, "INSERT INTO t VALUES (99, 1, 'x')")
                        .keyspace(keyspace -> keyspace.function = ranges()),
                fails(
                                new RowsHaveSlots(),
                                ErrorCode.ROWS_WITHOUT_SLOT,
                                "beside",
                                T,
                                "INSERT INTO t VALUES (100, 1, 'x')")
                        .keyspace(keyspace -> keyspace.function = ranges()),
                passes(new RowsHaveSlots(), "any value under crc32", T, "INSERT INTO t VALUES (100, 1, 'x')"),
                passes(new ShardKeyIsNormal(), "[18] normal", loose, "INSERT INTO t VALUES ('a b-1', 1)")
                        .keyspace(keyspace -> keyspace.form = ShardKeyForm.ASCII_LOWER),
                passes(new ShardKeyIsNormal(), "[18] no form is declared", loose, "INSERT INTO t VALUES ('A', 1)"),
                notNormal(loose, "capitals", "A"),
                notNormal(loose, "a space at the end", "a "),
                fails(type, ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED, "text under modulo", keyed("VARCHAR(9)"))
                        .keyspace(keyspace -> keyspace.function = new ShardFunction.Modulo(16)),
                passes(text, "[18] binary, no pad", keyed("VARCHAR(20) COLLATE utf8mb4_0900_bin")),
                fails(text, ErrorCode.SHARD_KEY_TEXT_NOT_BINARY, "[18] case-insensitive", loose),
                fails(
                        text,
                        ErrorCode.SHARD_KEY_TEXT_NOT_BINARY,
                        "[18] binary, padded",
                        keyed("VARCHAR(20) COLLATE utf8mb4_bin")),
                passes(text, "[18] a normal form", loose)
                        .keyspace(keyspace -> keyspace.form = ShardKeyForm.ASCII_LOWER));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void findsItAndTheRemedyMendsIt(TableCase expected) throws SQLException {
        expected.run();
    }
}
