package io.shardshift.controller.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Finding.Severity;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.time.Timing;
import io.shardshift.cluster.Cluster;
import io.shardshift.cluster.ClusterOptions;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.controller.check.Check.Scope;
import io.shardshift.shard.ShardTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that are run again while a migration runs: what they compare with, that they are cheap, and that they end. */
@SuppressWarnings("NullAway.Init")
class RunningChecksTest {
    private static final String T =
            "CREATE TABLE t (user_id BIGINT NOT NULL, id BIGINT NOT NULL, v VARCHAR(20), PRIMARY KEY (user_id, id))";

    private static Cluster cluster;
    /** The target's, of this class alone: it is stopped, and its history cut. */
    private static MysqlServer own;

    private TestSchema source;
    private MovedKeyspace keyspace;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        cluster = Cluster.start(new ClusterOptions(1, directory, false, false, List.of()));
        own = cluster.mysql(0);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void open() throws SQLException {
        source = TestCluster.schema(0, "source");
        source.execute(T);
        onTarget("DROP DATABASE IF EXISTS app", "CREATE DATABASE app", "USE app", T);
        keyspace = new MovedKeyspace(source.server(), source.name(), own, "app");
    }

    @AfterEach
    void close() throws SQLException {
        source.close();
    }

    private static void onTarget(String... statements) throws SQLException {
        try (Connection connection = own.connect("");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private List<Finding> run(Scope scope, Check... checks) {
        keyspace.scope = scope;
        return keyspace.run(List.of(checks));
    }

    private static void passes(List<Finding> found) {
        assertThat(found).extracting(Finding::severity).containsOnly(Severity.PASS);
    }

    private static void fails(List<Finding> found, ErrorCode code, String subject, String what) {
        assertThat(found).hasSize(1);
        assertThat(found.get(0).severity()).isEqualTo(Severity.FAIL);
        assertThat(found.get(0).subject()).isEqualTo(subject);
        assertThat(Remedy.of(found.get(0)).text()).contains("shardshift rollback m");
        Problem problem = Remedy.problem(found.get(0));
        assertThat(problem.code()).isEqualTo(code);
        assertThat(problem.what()).contains(what);
    }

    @Test
    void nothingIsFoundWhereNothingHasChangedAndNoRowIsRead() throws SQLException {
        keyspace.accepted = List.of("COMMITS_NOT_DURABLE");
        source.execute("INSERT INTO t VALUES (1, 1, 'x'), (2, 1, 'x')");
        keyspace.scope = Scope.PREFLIGHT;
        assertThat(keyspace.run(Checks.all())).extracting(Finding::severity).doesNotContain(Severity.FAIL);
        String rowsRead = "SELECT SUM(COUNT_FETCH) FROM performance_schema.table_io_waits_summary_by_table"
                + " WHERE OBJECT_SCHEMA = DATABASE() AND OBJECT_NAME = 't'";
        List<List<String>> before = source.rows(rowsRead);
        for (Scope scope : List.of(Scope.RUNNING, Scope.HANDOFF, Scope.RUNNING)) {
            keyspace.scope = scope;
            assertThat(keyspace.run(Checks.all()))
                    .as("%s", scope)
                    .hasSizeGreaterThan(15)
                    .filteredOn(finding -> finding.severity() != Severity.PASS)
                    .extracting(finding -> Remedy.problem(finding).code())
                    .containsOnly(ErrorCode.COMMITS_NOT_DURABLE);
        }
        assertThat(source.rows(rowsRead)).isEqualTo(before);
    }

    @Test
    void aServerThatLostCommitsIsSeen() throws SQLException { // [19]
        onTarget("INSERT INTO app.t VALUES (1, 1, 'x')");
        passes(run(Scope.PREFLIGHT, new HistoryIsWhole()));
        onTarget("INSERT INTO app.t VALUES (2, 1, 'x')");
        passes(run(Scope.RUNNING, new HistoryIsWhole()));
        String uuid = uuid();
        onTarget("RESET MASTER", "INSERT INTO app.t VALUES (3, 1, 'x')");
        fails(run(Scope.RUNNING, new HistoryIsWhole()), ErrorCode.HISTORY_WENT_BACK, "target", uuid + ":2-");
        fails(run(Scope.HANDOFF, new HistoryIsWhole()), ErrorCode.HISTORY_WENT_BACK, "target", uuid + ":2-");
        passes(run(Scope.PREFLIGHT, new HistoryIsWhole())); // another migration begins from here
        passes(run(Scope.RUNNING, new HistoryIsWhole()));
    }

    @Test
    void theServersThatAnswerAreComparedWithOnceTheyWereRemembered() throws Exception { // [19]
        onTarget("INSERT INTO app.t VALUES (1, 1, 'x')");
        passes(run(Scope.PREFLIGHT, new HistoryIsWhole(), new ServerIsTheSame()));
        keyspace.remembered.put("server-target", "another");
        onTarget("RESET MASTER");
        keyspace.scope = Scope.RUNNING;
        assertThat(keyspace.run(List.of(new HistoryIsWhole(), new ServerIsTheSame())))
                .filteredOn(finding -> finding.severity() == Severity.FAIL)
                .hasSize(2);
        keyspace.rememberServers();
        passes(run(Scope.RUNNING, new HistoryIsWhole(), new ServerIsTheSame()));
        onTarget("INSERT INTO app.t VALUES (2, 1, 'x')");
        passes(run(Scope.RUNNING, new HistoryIsWhole(), new ServerIsTheSame()));
        onTarget("RESET MASTER");
        fails(run(Scope.RUNNING, new HistoryIsWhole()), ErrorCode.HISTORY_WENT_BACK, "target", uuid() + ":1");
    }

    private static String uuid() throws SQLException {
        try (Connection connection = own.connect("");
                Statement statement = connection.createStatement();
                var result = statement.executeQuery("SELECT @@server_uuid")) {
            result.next();
            return result.getString(1);
        }
    }

    @Test
    void anotherServerInTheShardsPlaceIsSeen() throws Exception { // [19]
        passes(run(Scope.PREFLIGHT, new ServerIsTheSame()));
        passes(run(Scope.RUNNING, new ServerIsTheSame()));
        String before = uuid();
        own.stop();
        String after = UUID.randomUUID().toString();
        Files.writeString(own.directory().resolve("data/auto.cnf"), "[auto]\nserver-uuid=" + after + "\n");
        own.restart();
        fails(
                run(Scope.RUNNING, new ServerIsTheSame()),
                ErrorCode.SERVER_REPLACED,
                "target",
                after + ", expected " + before);
        passes(run(Scope.PREFLIGHT, new ServerIsTheSame()));
        passes(run(Scope.RUNNING, new ServerIsTheSame()));
    }

    @Test
    void aFenceTellsOfAnotherServerWhereNothingIsRemembered() throws SQLException { // [19]
        for (String statement : ShardTables.statements()) {
            onTarget("USE app", statement);
        }
        onTarget("INSERT INTO app._shardshift_fence VALUES ('m-1', 0, 'MIRROR', 'source', @@server_uuid, 1, 1)");
        passes(run(Scope.RUNNING, new ServerIsTheSame()));
        onTarget("UPDATE app._shardshift_fence SET server_uuid = 'old'");
        keyspace.remembered = Remembered.inMemory();
        fails(run(Scope.RUNNING, new ServerIsTheSame()), ErrorCode.SERVER_REPLACED, "target", "expected old");
    }

    @Test
    void eachChangeOfAMovingTableIsSeen() throws SQLException {
        source.execute("ALTER TABLE t ADD CONSTRAINT small CHECK (user_id < 1000)");
        for (String change : List.of(
                "ALTER TABLE t MODIFY v VARCHAR(30)",
                "ALTER TABLE t MODIFY v VARCHAR(20) COLLATE utf8mb4_bin",
                "ALTER TABLE t ALTER v SET DEFAULT 'x'",
                "ALTER TABLE t ADD UNIQUE KEY v (user_id, v)",
                "ALTER TABLE t ALTER CHECK small NOT ENFORCED",
                "ALTER TABLE t ROW_FORMAT = COMPRESSED",
                "ALTER TABLE t ADD more INT AS (user_id + 1)")) {
            passes(run(Scope.PREFLIGHT, new SchemaIsUnchanged()));
            source.execute("INSERT INTO t (user_id, id) VALUES (1, 1)", "DELETE FROM t", "ANALYZE TABLE t");
            passes(run(Scope.RUNNING, new SchemaIsUnchanged()));
            source.execute(change);
            fails(run(Scope.RUNNING, new SchemaIsUnchanged()), ErrorCode.SCHEMA_CHANGED, "source.t", "was altered");
        }
        source.execute("DROP TABLE t");
        fails(run(Scope.HANDOFF, new SchemaIsUnchanged()), ErrorCode.SCHEMA_CHANGED, "source.t", "was dropped");
    }

    @Test
    void aTableThatPrepareMadeOnTheTargetIsNoChangeButIsLookedAfter() throws SQLException {
        onTarget("DROP TABLE app.t");
        passes(run(Scope.PREFLIGHT, new SchemaIsUnchanged()));
        onTarget("USE app", T);
        passes(run(Scope.RUNNING, new SchemaIsUnchanged()));
        onTarget("ALTER TABLE app.t DROP COLUMN v");
        fails(run(Scope.RUNNING, new SchemaIsUnchanged()), ErrorCode.SCHEMA_CHANGED, "target.t", "was altered");
    }

    /** A check of both shards whose query, on the target, is as given. */
    private static ShardCheck asking(String query) {
        return new ShardCheck(ShardCheck.Side.ALL, Scope.ALWAYS) {
            @Override
            public String name() {
                return "Asking";
            }

            @Override
            void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
                shard.query(shard.isTarget() ? query : "SELECT 1");
                if (shard.isSource()) {
                    findings.warn(shard, Problem.of(ErrorCode.CLOCKS_DIFFER, "{} was looked at", shard));
                }
            }
        };
    }

    private static void oneCouldNotRunAndTheOtherDid(List<Finding> found) {
        assertThat(found).extracting(Finding::subject).containsExactly("source", "target");
        assertThat(found)
                .extracting(finding -> Remedy.problem(finding).code())
                .containsExactly(ErrorCode.CLOCKS_DIFFER, ErrorCode.CHECK_FAILED);
        assertThat(found.get(1).severity()).isEqualTo(Severity.FAIL);
    }

    @Test
    void aQueryThatTakesTooLongIsEndedByTheServerAndTheShardIsStillLookedAt() throws SQLException {
        String columns = "information_schema.COLUMNS";
        String endless = "SELECT COUNT(*) FROM " + columns + " a, " + columns + " b, " + columns + " c";
        List<Finding> found = run(Scope.RUNNING, asking(endless), new BinlogIsOn());
        oneCouldNotRunAndTheOtherDid(found.subList(0, 2));
        assertThat(Remedy.problem(found.get(1)).what()).contains("maximum statement execution time exceeded");
        passes(found.subList(2, 3));
    }

    @Test
    void aServerThatHangsCostsALimitedTime() throws IOException {
        ShardCheck hang = new ShardCheck(ShardCheck.Side.TARGETS, Scope.ALWAYS) {
            @Override
            void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
                try {
                    own.suspend();
                } catch (IOException e) {
                    throw new SQLException(e);
                }
            }
        };
        long before = System.nanoTime();
        try {
            List<Finding> found = run(Scope.RUNNING, hang, asking("SELECT 1"), asking("SELECT 1"));
            oneCouldNotRunAndTheOtherDid(found.subList(1, 3));
            oneCouldNotRunAndTheOtherDid(found.subList(3, 5));
        } finally {
            own.resume();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void whatCouldNotBeAskedInTimeHasNotPassed() {
        AtomicLong later = new AtomicLong();
        keyspace.timing = new Timing() {
            @Override
            public Instant now() {
                return SystemTiming.INSTANCE.now();
            }

            @Override
            public long nanoTime() {
                return SystemTiming.INSTANCE.nanoTime() + later.get();
            }

            @Override
            public void pause(Duration duration) throws InterruptedException {
                SystemTiming.INSTANCE.pause(duration);
            }
        };
        ShardCheck slow = new ShardCheck(ShardCheck.Side.TARGETS, Scope.ALWAYS) {
            @Override
            void inspect(CheckContext context, ShardView shard, Findings findings) {
                later.set(Duration.ofSeconds(60).toNanos());
            }
        };
        List<Finding> found = run(Scope.HANDOFF, slow, new BinlogIsOn());
        assertThat(found.subList(1, 3))
                .allMatch(finding -> finding.severity() == Severity.FAIL)
                .allMatch(finding -> Remedy.problem(finding).what().contains("the time for all checks is up"));
    }

    @Test
    void aStoreThatFailsIsAFindingWithItsOwnCode() {
        keyspace.remembered = new Remembered() {
            @Override
            public Optional<String> get(String name) throws ProblemException {
                throw new ProblemException(Problem.of(ErrorCode.STORE_UNREACHABLE, "away"));
            }

            @Override
            public void put(String name, String text) throws ProblemException {
                throw new ProblemException(Problem.of(ErrorCode.STORE_UNREACHABLE, "away"));
            }
        };
        assertThat(run(Scope.RUNNING, new HistoryIsWhole(), new ServerIsTheSame(), new SchemaIsUnchanged()))
                .hasSize(6)
                .allMatch(finding -> Remedy.problem(finding).code() == ErrorCode.STORE_UNREACHABLE);
    }

    @Test
    void writersAreNotTakenForAbsentWhereTheyCannotBeSeen() throws SQLException {
        passes(run(Scope.HANDOFF, new WritersAreAgents()));
        try (Connection writer = source.connect();
                Statement statement = writer.createStatement()) {
            statement.execute("INSERT INTO t VALUES (1, 1, 'x')");
            List<Finding> found = run(Scope.HANDOFF, new WritersAreAgents());
            assertThat(found).hasSize(1).allMatch(finding -> finding.severity() == Severity.WARN);
            assertThat(Remedy.of(found.get(0)).text()).startsWith("KILL ");
        }
    }
}
