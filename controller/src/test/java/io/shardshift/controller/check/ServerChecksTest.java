package io.shardshift.controller.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Finding.Severity;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.time.Timing;
import io.shardshift.cluster.Cluster;
import io.shardshift.cluster.ClusterOptions;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check of servers: on the shared ones, where it passes, and on one of its own where everything is set wrong. */
@SuppressWarnings("NullAway.Init")
class ServerChecksTest {
    private static Cluster wrong;
    private static MysqlServer bad;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException, SQLException {
        wrong = Cluster.start(new ClusterOptions(
                1,
                directory,
                false,
                false,
                List.of(
                        "--skip-log-bin",
                        "--binlog-format=MIXED",
                        "--binlog-row-image=MINIMAL",
                        "--binlog-row-value-options=PARTIAL_JSON",
                        "--binlog-transaction-compression=ON",
                        "--gtid-mode=OFF",
                        "--enforce-gtid-consistency=OFF",
                        "--local-infile=0",
                        "--performance-schema=OFF",
                        "--replica-preserve-commit-order=OFF",
                        "--skip-replica-start",
                        "--max-allowed-packet=1M",
                        "--binlog-expire-logs-seconds=3600")));
        bad = wrong.mysql(0);
        bad.createSchema("app");
        try (Connection connection = bad.connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1");
            statement.execute("SET GLOBAL read_only = ON");
        }
    }

    @AfterAll
    static void stop() {
        wrong.close();
    }

    private static MovedKeyspace ontoBad(TestSchema source) {
        return new MovedKeyspace(source.server(), source.name(), bad, "app");
    }

    static List<Check> checksOfSettings() {
        return List.of(
                new BinlogIsOn(),
                new BinlogFormatIsRow(),
                new RowImageIsFull(),
                new RowValuesAreWhole(),
                new BinlogIsNotCompressed(),
                new GtidIsOn(),
                new LocalInfileIsOn(),
                new PerformanceSchemaIsOn(),
                new ReplicasKeepCommitOrder(), // [20]
                new PacketsFit(),
                new BinlogIsKept(),
                new ServerTakesWrites());
    }

    @ParameterizedTest
    @MethodSource("checksOfSettings")
    void aSettingIsRightHereAndWrongThere(Check check) throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source");
                TestSchema target = TestCluster.schema(1, "target")) {
            MovedKeyspace good = new MovedKeyspace(source.server(), source.name(), target.server(), target.name());
            assertThat(good.run(List.of(check))).extracting(Finding::severity).containsOnly(Severity.PASS);

            List<Finding> found = ontoBad(source).run(List.of(check));

            assertThat(found).extracting(Finding::subject).containsOnly("target");
            assertThat(found).extracting(Finding::severity).doesNotContain(Severity.PASS);
            assertThat(found)
                    .allSatisfy(finding -> assertThat(Remedy.of(finding).text()).isNotEmpty());
            assertThat(found)
                    .allSatisfy(finding -> assertThat(problem(finding).code()).isNotEqualTo(ErrorCode.CHECK_FAILED));
        }
    }

    private static Problem problem(Finding finding) {
        return Remedy.problem(finding);
    }

    @Test
    void checksThatPassAnywherePass() throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source");
                TestSchema target = TestCluster.schema(1, "target")) {
            List<Check> checks = List.of(
                    new ServerVersionIsSupported(),
                    new ServersAreDistinct(),
                    new ShardsAreDistinct(),
                    new ShardHasOneRole(),
                    new ShardAnswers(),
                    new ClocksAgree(),
                    new OnePrimaryWrites(),
                    new TableNameCaseIsAlike(),
                    new WritersAreAgents(),
                    new AcceptedIsKnown(),
                    new AgentsHaveRights(),
                    new BinlogHasSchema(),
                    new ConnectionAttributesAreKept(),
                    new SettingsAreAlike(),
                    new ShardIsNoReplica(),
                    new StatementsAreCounted(),
                    new ControllerHasRights());
            List<Finding> found =
                    new MovedKeyspace(source.server(), source.name(), target.server(), target.name()).run(checks);
            assertThat(found).hasSize(checks.size()).allMatch(finding -> finding.severity() == Severity.PASS);
        }
    }

    @Test
    void commitsThatACrashLosesAreAWarningThatMustBeAccepted() throws SQLException { // [19]
        try (TestSchema source = TestCluster.schema(0, "source")) {
            MovedKeyspace keyspace = ontoBad(source); // the shared servers are not durable either
            List<Check> check = List.of(new CommitsAreDurable());
            assertThat(keyspace.run(check))
                    .hasSize(4)
                    .allMatch(finding -> finding.severity() == Severity.FAIL)
                    .allMatch(finding -> problem(finding).code() == ErrorCode.COMMITS_NOT_DURABLE)
                    .allMatch(finding -> Remedy.of(finding).text().contains("accept: [COMMITS_NOT_DURABLE]"));
            keyspace.accepted = List.of("COMMITS_NOT_DURABLE");
            assertThat(keyspace.run(check)).hasSize(4).allMatch(finding -> finding.severity() == Severity.WARN);
        }
    }

    @Test
    void aPlanAcceptsNothingThatNobodyMay() throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source")) {
            MovedKeyspace keyspace = ontoBad(source);
            keyspace.accepted = List.of("COMMITS_NOT_DURABEL", "TARGET_HOLDS_ROWS", "JSON_OPAQUE", "BINLOG_OFF");
            assertThat(keyspace.run(List.of(new AcceptedIsKnown())))
                    .extracting(finding -> Remedy.of(finding).text())
                    .containsExactly(
                            "take COMMITS_NOT_DURABEL out of the plan's accept",
                            "take BINLOG_OFF out of the plan's accept");
        }
    }

    @Test
    void writersAreNotTakenForAbsentWithoutPerformanceSchema() throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source")) {
            List<Finding> found = ontoBad(source).run(List.of(new WritersAreAgents()));
            assertThat(found).extracting(Finding::severity).containsExactly(Severity.FAIL);
            assertThat(problem(found.get(0)).code()).isEqualTo(ErrorCode.CHECK_FAILED);
        }
    }

    @Test
    void aShardThatIsAwayIsNamedAndTheOthersAreStillLookedAt() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        try (TestSchema source = TestCluster.schema(0, "source")) {
            MovedKeyspace keyspace = ontoBad(source)
                    .shard(MovedKeyspace.TARGET, "jdbc:mysql://127.0.0.1:" + port + "/app", "nobody", "none");
            List<Finding> found = keyspace.run(List.of(new ShardAnswers(), new TablesExist()));
            assertThat(found)
                    .extracting(finding -> problem(finding).code())
                    .containsExactly(ErrorCode.SHARD_UNREACHABLE, ErrorCode.TABLE_MISSING);
            assertThat(found.get(0).subject()).isEqualTo("target");
            assertThat(keyspace.run(List.of(new BinlogIsOn())))
                    .as("what nobody looked at has not passed")
                    .isEmpty();
        }
    }

    @Test
    void aCheckThatCannotBeRunFailsAndTheOthersRun() throws SQLException {
        Check broken = new Check() {
            @Override
            public String name() {
                return "Broken";
            }

            @Override
            public Set<Scope> scopes() {
                return EnumSet.of(Scope.PREFLIGHT);
            }

            @Override
            public List<Finding> inspect(CheckContext context) throws SQLException {
                context.shards().get(0).query("SELECT nothing");
                return new ArrayList<>();
            }
        };
        try (TestSchema source = TestCluster.schema(0, "source")) {
            List<Finding> found = ontoBad(source).run(List.of(broken, new ShardAnswers()));
            assertThat(found).extracting(Finding::severity).containsExactly(Severity.FAIL, Severity.PASS);
            assertThat(problem(found.get(0)).what()).contains("Broken could not be run: source: Unknown column");
        }
    }

    @Test
    void aCountThatTakesTooLongIsUnknown() throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source");
                Connection connection = source.connect()) {
            connection.setAutoCommit(false);
            ShardView shard = new ShardView(
                    MovedKeyspace.SOURCE,
                    connection,
                    true,
                    false,
                    List.of(),
                    SystemTiming.INSTANCE.deadlineIn(Duration.ofMinutes(1)),
                    Duration.ofSeconds(10));
            String columns = "information_schema.COLUMNS";
            assertThat(shard.bounded("SELECT COUNT(*) FROM " + columns + " a, " + columns + " b, " + columns + " c"))
                    .isEmpty();
            assertThat(shard.bounded("SELECT 7")).contains(7L);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8.0.16, false",
        "8.0.17, true",
        "8.4.0-commercial, true",
        "9.7.4, true",
        "5.7.44-log, false",
        "10.11.6-MariaDB, false",
        "unknown, false"
    })
    void onlyServersThatWereTriedAreSupported(String version, boolean supported) {
        assertThat(ServerVersionIsSupported.isSupported(version)).isEqualTo(supported);
    }

    @Test
    void aClockFarFromOursIsAWarning() throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source")) {
            MovedKeyspace keyspace = ontoBad(source);
            keyspace.timing = new Timing() {
                @Override
                public Instant now() {
                    return Instant.now().plusSeconds(90);
                }

                @Override
                public long nanoTime() {
                    return SystemTiming.INSTANCE.nanoTime();
                }

                @Override
                public void pause(Duration duration) throws InterruptedException {
                    SystemTiming.INSTANCE.pause(duration);
                }
            };
            assertThat(keyspace.run(List.of(new ClocksAgree())))
                    .hasSize(2)
                    .allMatch(finding -> finding.severity() == Severity.WARN);
        }
    }

    @Test
    void twoShardsAreNotOneSchemaNorOneShardBothRoles() throws SQLException { // [31]
        try (TestSchema source = TestCluster.schema(0, "source")) {
            MovedKeyspace keyspace = new MovedKeyspace(source.server(), source.name(), source.server(), source.name());
            keyspace.groups = List.of(
                    MovedKeyspace.group(SlotRanges.of(0, 3), MovedKeyspace.SOURCE, MovedKeyspace.TARGET),
                    MovedKeyspace.group(SlotRanges.of(4, 7), MovedKeyspace.TARGET, MovedKeyspace.SOURCE));
            assertThat(keyspace.run(List.of(new ShardsAreDistinct(), new ShardHasOneRole())))
                    .extracting(finding -> problem(finding).code())
                    .containsExactly(
                            ErrorCode.SHARDS_SHARE_SCHEMA,
                            ErrorCode.SHARD_HAS_TWO_ROLES,
                            ErrorCode.SHARD_HAS_TWO_ROLES);
        }
    }

    @Test
    void twoServersWithOneUuidAreToldApart() throws Exception {
        try (TestSchema source = TestCluster.schema(0, "source")) {
            MysqlServer clone = wrong.addServer();
            clone.createSchema("app");
            clone.stop();
            String uuid = source.rows("SELECT @@server_uuid").get(0).get(0);
            Files.writeString(clone.directory().resolve("data/auto.cnf"), "[auto]\nserver-uuid=" + uuid + "\n");
            clone.restart();
            MovedKeyspace keyspace = new MovedKeyspace(source.server(), source.name(), clone, "app");
            assertThat(keyspace.run(List.of(new ServersAreDistinct())))
                    .extracting(finding -> problem(finding).code())
                    .containsExactly(ErrorCode.SERVER_UUID_NOT_UNIQUE);
        }
    }

    @Test
    void aPoorUserIsToldWhatItLacks() throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source");
                TestSchema target = TestCluster.schema(1, "target")) {
            target.execute(
                    "CREATE USER poor@'%' IDENTIFIED BY 'poor'",
                    "GRANT PROCESS ON *.* TO poor@'%'",
                    "GRANT SELECT, INSERT ON `" + target.name() + "`.* TO poor@'%'");
            MovedKeyspace keyspace = new MovedKeyspace(source.server(), source.name(), target.server(), target.name())
                    .shard(MovedKeyspace.TARGET, target.jdbcUrl(), "poor", "poor");
            List<Finding> found = keyspace.run(List.of(new ControllerHasRights()));
            assertThat(found)
                    .extracting(finding -> problem(finding).remedy())
                    .containsExactly(
                            "GRANT REPLICATION CLIENT, REPLICATION SLAVE, CONNECTION_ADMIN ON *.* TO 'poor'@'%'",
                            "GRANT UPDATE, DELETE, CREATE, ALTER, REFERENCES, TRIGGER, EVENT ON `" + target.name()
                                    + "`.* TO 'poor'@'%'",
                            "GRANT SELECT ON performance_schema.* TO 'poor'@'%'");
            target.execute("DROP USER poor@'%'");
        }
    }

    @Test
    void aWriterThatIsNoAgentIsShown() throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source");
                TestSchema target = TestCluster.schema(1, "target");
                Connection writer = source.connect();
                Statement statement = writer.createStatement()) {
            statement.execute("CREATE TABLE x (id INT PRIMARY KEY)");
            statement.execute("INSERT INTO x VALUES (1)");
            List<Finding> found = new MovedKeyspace(source.server(), source.name(), target.server(), target.name())
                    .run(List.of(new WritersAreAgents()));
            assertThat(found).hasSize(1).allMatch(finding -> finding.severity() == Severity.WARN);
            assertThat(problem(found.get(0)).what()).contains("has run 1 writing statements");
        }
    }

    @Test
    void allChecksAreRunInOrderOfName() {
        assertThat(Checks.all()).extracting(Check::name).isSorted().doesNotHaveDuplicates();
        assertThat(Checks.all()).hasSizeGreaterThan(55);
    }
}
