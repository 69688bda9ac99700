package io.shardshift.controller.check;

import static io.shardshift.api.problem.Finding.Severity.FAIL;
import static io.shardshift.api.problem.Finding.Severity.PASS;
import static io.shardshift.api.problem.Finding.Severity.WARN;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Finding.Severity;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.shard.ShardTables;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check of tables on real schemas: once where it passes, once where it does not. */
class TableChecksTest {
    private static final String T =
            "CREATE TABLE t (user_id BIGINT NOT NULL, id BIGINT NOT NULL, v VARCHAR(20), PRIMARY KEY (user_id, id))";

    /** What is made, and what the check then says; {@code code} null: it passes. */
    static final class Case {
        private final Check check;
        private final String name;
        private final Severity severity;
        private final @Nullable ErrorCode code;
        private List<String> source = List.of();
        private List<String> target = List.of();
        private Consumer<MovedKeyspace> keyspace = any -> {};

        private Case(Check check, String name, Severity severity, @Nullable ErrorCode code) {
            this.check = check;
            this.name = name;
            this.severity = severity;
            this.code = code;
        }

        Case source(String... statements) {
            source = List.of(statements);
            return this;
        }

        Case target(String... statements) {
            target = List.of(statements);
            return this;
        }

        Case keyspace(Consumer<MovedKeyspace> change) {
            keyspace = change;
            return this;
        }

        @Override
        public String toString() {
            return check.name() + ": " + name;
        }
    }

    private static Case passes(Check check, String name, String... source) {
        return new Case(check, name, PASS, null).source(source);
    }

    private static Case fails(Check check, ErrorCode code, String name, String... source) {
        return new Case(check, name, FAIL, code).source(source);
    }

    private static Case warns(Check check, ErrorCode code, String name, String... source) {
        return new Case(check, name, WARN, code).source(source);
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        cases.addAll(keys());
        cases.addAll(shardKeys());
        cases.addAll(definitions());
        cases.addAll(contents());
        return cases.stream();
    }

    private static List<Case> keys() {
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

    private static String keyed(String type) {
        return "CREATE TABLE t (user_id " + type + " NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (id))";
    }

    private static List<Case> shardKeys() {
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
                passes(type, "date", keyed("DATE")),
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

    private static List<Case> definitions() {
        Check foreignKeys = new ForeignKeysStayInside();
        String child = "CREATE TABLE c (user_id BIGINT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (user_id, id),"
                + " CONSTRAINT to_t FOREIGN KEY (user_id, id) REFERENCES t (user_id, id)";
        Consumer<MovedKeyspace> withChild = keyspace -> keyspace.table("c", "user_id");
        Check events = new EventsDoNotWrite();
        Check generated = new GeneratedColumnsAreFixed();
        return List.of(
                passes(new TablesExist(), "there", T),
                fails(new TablesExist(), ErrorCode.TABLE_MISSING, "not"),
                passes(new CharacterSetsAreKnown(), "utf8mb4", T),
                fails(
                        new CharacterSetsAreKnown(),
                        ErrorCode.CHARACTER_SET_UNKNOWN,
                        "dec8",
                        "CREATE TABLE t (user_id BIGINT PRIMARY KEY, v VARCHAR(9) CHARACTER SET dec8)"),
                passes(new EngineIsInnoDb(), "InnoDB", T),
                fails(new EngineIsInnoDb(), ErrorCode.ENGINE_NOT_INNODB, "MyISAM", T + " ENGINE=MyISAM"),
                passes(new DefinitionsAreAlike(), "alike", T).target(T + " AUTO_INCREMENT=7"),
                passes(new DefinitionsAreAlike(), "absent on the target", T),
                fails(new DefinitionsAreAlike(), ErrorCode.DEFINITIONS_DIFFER, "a wider column", T)
                        .target(T.replace("20", "30")),
                passes(foreignKeys, "inside, restricting", T, child + ")").keyspace(withChild),
                fails(foreignKeys, ErrorCode.FOREIGN_KEY_UNSAFE, "cascades", T, child + " ON DELETE CASCADE)")
                        .keyspace(withChild),
                fails(foreignKeys, ErrorCode.FOREIGN_KEY_UNSAFE, "from outside", T, child + ")"),
                passes(new TriggersDoNotWrite(), "none", T),
                fails(
                        new TriggersDoNotWrite(),
                        ErrorCode.TRIGGER_WRITES_TABLE,
                        "on a table",
                        T,
                        "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.v = 'x'"),
                fails(
                        new TriggersDoNotWrite(),
                        ErrorCode.TRIGGER_WRITES_TABLE,
                        "elsewhere, writing it",
                        T,
                        "CREATE TABLE other (id INT PRIMARY KEY)",
                        "CREATE TRIGGER g AFTER INSERT ON other FOR EACH ROW DELETE FROM `t`"),
                passes(events, "of other tables", T, "CREATE EVENT e ON SCHEDULE EVERY 9 DAY DO DELETE FROM tt"),
                fails(
                        events,
                        ErrorCode.EVENT_WRITES_TABLE,
                        "writing it",
                        T,
                        "CREATE EVENT e ON SCHEDULE EVERY 9 DAY STARTS '2037-01-01 00:00:00' DO DELETE FROM t"),
                passes(
                        generated,
                        "of a DATETIME",
                        "CREATE TABLE t (user_id BIGINT PRIMARY KEY, at DATETIME, h INT AS (HOUR(at)))"),
                fails(
                        generated,
                        ErrorCode.GENERATED_FROM_TIMESTAMP,
                        "of a TIMESTAMP",
                        "CREATE TABLE t (user_id BIGINT PRIMARY KEY, at TIMESTAMP, h INT AS (HOUR(at)))"));
    }

    private static List<Case> contents() {
        String colours = "CREATE TABLE t (user_id BIGINT PRIMARY KEY, e ENUM('a', 'b') NOT NULL)";
        String json = "CREATE TABLE t (user_id BIGINT PRIMARY KEY, j JSON)";
        String rows = "INSERT INTO t VALUES (1, 1, 'x'), (2, 1, 'x'), (3, 1, 'x'), (4, 1, 'x'), (5, 1, 'x')";
        Check empty = new TargetHoldsNoRows();
        List<String> fenced = new ArrayList<>(ShardTables.statements());
        fenced.add(T);
        fenced.add(rows);
        fenced.add("INSERT INTO _shardshift_fence VALUES ('m-1', 0, 'VACANT', 'source', @@server_uuid, 1, 1)");
        return List.of(
                passes(new EnumsHaveNames(), "valid", colours, "INSERT INTO t VALUES (1, 'a')"),
                fails(
                        new EnumsHaveNames(),
                        ErrorCode.ENUM_INDEX_ZERO,
                        "invalid",
                        colours,
                        "SET sql_mode = ''",
                        "INSERT INTO t VALUES (1, 'zzz')"),
                passes(
                        new JsonIsText(),
                        "plain",
                        json,
                        "INSERT INTO t VALUES (1, '{\"a\": [1, 1.5, null, true, \"2020-01-01\"]}'), (2, NULL)"),
                warns(
                        new JsonIsText(),
                        ErrorCode.JSON_OPAQUE,
                        "a date inside",
                        json,
                        "INSERT INTO t VALUES (1, JSON_OBJECT('d', JSON_ARRAY(CAST('2020-01-01' AS DATE))))"),
                warns(
                        new JsonIsText(),
                        ErrorCode.JSON_OPAQUE,
                        "binary",
                        json,
                        "INSERT INTO t VALUES (1, CAST(x'cafe' AS JSON))"),
                passes(empty, "no table", T),
                passes(empty, "an empty table", T).target(T),
                fails(empty, ErrorCode.TARGET_HOLDS_ROWS, "rows of moving slots", T)
                        .target(T, rows),
                new Case(empty, "accepted", WARN, ErrorCode.TARGET_HOLDS_ROWS)
                        .target(T, rows)
                        .keyspace(keyspace -> keyspace.accepted = List.of("TARGET_HOLDS_ROWS")),
                passes(empty, "ours: the group has a fence there", T).target(fenced.toArray(String[]::new)),
                passes(empty, "rows of slots that stay", T)
                        .keyspace(keyspace -> keyspace.function = new ShardFunction.Modulo(16))
                        .target(T, "INSERT INTO t VALUES (8, 1, 'x'), (15, 1, 'x')"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void findsIt(Case expected) throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source");
                TestSchema target = TestCluster.schema(1, "target")) {
            source.execute(expected.source.toArray(String[]::new));
            target.execute(expected.target.toArray(String[]::new));
            MovedKeyspace keyspace = new MovedKeyspace(source.server(), source.name(), target.server(), target.name());
            expected.keyspace.accept(keyspace);

            List<Finding> found = keyspace.run(List.of(expected.check));

            assertThat(found).extracting(Finding::severity).containsOnly(expected.severity);
            for (Finding finding : found) {
                Problem problem = finding.problem();
                assertThat(finding.check()).isEqualTo(expected.check.name());
                assertThat(problem == null ? null : problem.code()).isEqualTo(expected.code);
                assertThat(problem == null || problem.remedy() != null)
                        .as("a remedy: %s", problem)
                        .isTrue();
            }
        }
    }
}
