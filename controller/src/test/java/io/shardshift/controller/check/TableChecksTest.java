package io.shardshift.controller.check;

import static io.shardshift.api.problem.Finding.Severity.PASS;
import static io.shardshift.controller.check.TableCase.accepted;
import static io.shardshift.controller.check.TableCase.fails;
import static io.shardshift.controller.check.TableCase.passes;
import static io.shardshift.controller.check.TableCase.warns;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.shard.ShardTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check of definitions and contents on real schemas: where it passes, where it does not, and after its remedy. */
class TableChecksTest {
    private static final String T =
            "CREATE TABLE t (user_id BIGINT NOT NULL, id BIGINT NOT NULL, v VARCHAR(20), PRIMARY KEY (user_id, id))";

    static Stream<TableCase> cases() {
        return Stream.concat(definitions().stream(), contents().stream());
    }

    private static List<TableCase> definitions() {
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
                passes(
                        new ChecksReadNoTimestamp(),
                        "[27] of a DATETIME",
                        "CREATE TABLE t (user_id BIGINT PRIMARY KEY, at DATETIME CHECK (HOUR(at) < 20))"),
                passes(
                        new ChecksReadNoTimestamp(),
                        "[27] not enforced",
                        "CREATE TABLE t (user_id BIGINT PRIMARY KEY, at TIMESTAMP CHECK (HOUR(at) < 20) NOT ENFORCED)"),
                fails(
                        new ChecksReadNoTimestamp(),
                        ErrorCode.CHECK_READS_TIMESTAMP,
                        "[27] of a TIMESTAMP",
                        "CREATE TABLE t (user_id BIGINT PRIMARY KEY, at TIMESTAMP CHECK (HOUR(at) < 20))"),
                passes(new EngineIsInnoDb(), "InnoDB", T),
                fails(
                        new EngineIsInnoDb(),
                        ErrorCode.ENGINE_NOT_INNODB,
                        "a view",
                        "CREATE TABLE other (user_id BIGINT PRIMARY KEY)",
                        "CREATE VIEW t AS SELECT * FROM other"),
                passes(
                        new TriggersDoNotWrite(),
                        "of other tables",
                        T,
                        "CREATE TABLE other (id INT PRIMARY KEY)",
                        "CREATE TRIGGER g AFTER INSERT ON other FOR EACH ROW SET @x = 1"),
                fails(new EngineIsInnoDb(), ErrorCode.ENGINE_NOT_INNODB, "MyISAM", T + " ENGINE=MyISAM"),
                passes(new DefinitionsAreAlike(), "alike", T).target(T + " AUTO_INCREMENT=7"),
                passes(new DefinitionsAreAlike(), "absent on the target", T),
                fails(new DefinitionsAreAlike(), ErrorCode.DEFINITIONS_DIFFER, "a wider column", T)
                        .target(T.replace("20", "30")),
                passes(foreignKeys, "inside, restricting", T, child + ")").keyspace(withChild),
                fails(foreignKeys, ErrorCode.FOREIGN_KEY_UNSAFE, "cascades", T, child + " ON DELETE CASCADE)")
                        .keyspace(withChild),
                fails(foreignKeys, ErrorCode.FOREIGN_KEY_UNSAFE, "from outside", T, child + ")"),
                passes(new ForeignKeysFollowShardKey(), "with the shard key", T, child + ")")
                        .keyspace(withChild),
                fails(
                                new ForeignKeysFollowShardKey(),
                                ErrorCode.FOREIGN_KEY_ACROSS_SHARDS,
                                "without",
                                T,
                                "ALTER TABLE t ADD UNIQUE KEY id (id)",
                                child.replace("(user_id, id) REFERENCES t (user_id, id)", "(id) REFERENCES t (id)")
                                        + ")")
                        .keyspace(withChild),
                passes(
                                new ForeignKeysFollowShardKey(),
                                "all slots move together",
                                T,
                                "ALTER TABLE t ADD UNIQUE KEY id (id)",
                                child.replace("(user_id, id) REFERENCES t (user_id, id)", "(id) REFERENCES t (id)")
                                        + ")")
                        .keyspace(withChild)
                        .keyspace(keyspace -> {
                            withChild.accept(keyspace);
                            keyspace.groups = List.of(MovedKeyspace.group(
                                    SlotRanges.of(0, 15), MovedKeyspace.SOURCE, MovedKeyspace.TARGET));
                        }),
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

    private static List<TableCase> contents() {
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
                accepted(empty, ErrorCode.TARGET_HOLDS_ROWS, "accepted", T).target(T, rows),
                passes(empty, "ours: the group has a fence there", T).target(fenced.toArray(String[]::new)),
                passes(empty, "rows of slots that stay", T)
                        .keyspace(keyspace -> keyspace.function = new ShardFunction.Modulo(16))
                        .target(T, "INSERT INTO t VALUES (8, 1, 'x'), (15, 1, 'x')"));
    }

    @Test
    void whatAnotherSchemaOfTheServerDoesToTheTablesIsSeen() throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source");
                TestSchema target = TestCluster.schema(1, "target");
                TestSchema other = TestCluster.schema(0, "other")) {
            source.execute(T);
            String t = "`" + source.name() + "`.t";
            other.execute(
                    "CREATE TABLE x (id INT PRIMARY KEY)",
                    "CREATE TRIGGER g AFTER INSERT ON x FOR EACH ROW DELETE FROM " + t,
                    "CREATE TABLE c (id BIGINT PRIMARY KEY, user_id BIGINT, CONSTRAINT to_t FOREIGN KEY (user_id, id)"
                            + " REFERENCES " + t + " (user_id, id))");
            List<Check> checks = List.of(new TriggersDoNotWrite(), new ForeignKeysStayInside());
            MovedKeyspace keyspace = new MovedKeyspace(source.server(), source.name(), target.server(), target.name());
            List<Finding> found = keyspace.run(checks);
            assertThat(found)
                    .extracting(finding -> Remedy.problem(finding).code())
                    .containsExactly(ErrorCode.TRIGGER_WRITES_TABLE, ErrorCode.FOREIGN_KEY_UNSAFE);
            for (Finding finding : found) {
                try (Connection connection = source.connect()) {
                    Remedy.of(finding).pasteInto(connection);
                }
            }
            assertThat(keyspace.run(checks)).extracting(Finding::severity).containsOnly(PASS);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void findsItAndTheRemedyMendsIt(TableCase expected) throws SQLException {
        expected.run();
    }
}
