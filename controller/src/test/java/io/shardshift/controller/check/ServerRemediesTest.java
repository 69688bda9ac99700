package io.shardshift.controller.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Finding.Severity;
import io.shardshift.cluster.Cluster;
import io.shardshift.cluster.ClusterOptions;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On a server of its own each setting is set wrong, found, and mended by pasting the remedy. */
@SuppressWarnings("NullAway.Init")
class ServerRemediesTest {
    private static Cluster cluster;
    private static MysqlServer own;
    private static TestSchema source;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException, SQLException {
        cluster = Cluster.start(new ClusterOptions(
                1,
                directory,
                true,
                false,
                List.of("--performance-schema-session-connect-attrs-size=100", "--binlog-ignore-db=left_out")));
        own = cluster.mysql(0);
        own.createSchema("app");
        source = TestCluster.schema(0, "source");
    }

    @AfterAll
    static void stop() throws SQLException {
        source.close();
        cluster.close();
    }

    private record Mistake(Check check, ErrorCode code, String... statements) {
        @Override
        public String toString() {
            return check.name() + ": " + List.of(statements);
        }
    }

    static List<Mistake> mistakes() {
        String replica = "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1";
        return List.of(
                new Mistake(new BinlogFormatIsRow(), ErrorCode.BINLOG_NOT_ROW, "SET GLOBAL binlog_format = MIXED"),
                new Mistake(new RowImageIsFull(), ErrorCode.ROW_IMAGE_NOT_FULL, "SET GLOBAL binlog_row_image = NOBLOB"),
                new Mistake(
                        new RowValuesAreWhole(),
                        ErrorCode.ROW_VALUES_PARTIAL,
                        "SET GLOBAL binlog_row_value_options = PARTIAL_JSON"),
                new Mistake(
                        new BinlogIsNotCompressed(),
                        ErrorCode.BINLOG_COMPRESSED,
                        "SET GLOBAL binlog_transaction_compression = ON"),
                new Mistake(new GtidIsOn(), ErrorCode.GTID_OFF, "SET GLOBAL gtid_mode = ON_PERMISSIVE"),
                new Mistake(new LocalInfileIsOn(), ErrorCode.LOCAL_INFILE_OFF, "SET GLOBAL local_infile = OFF"),
                new Mistake(new ServerTakesWrites(), ErrorCode.SERVER_READ_ONLY, "SET GLOBAL super_read_only = ON"),
                new Mistake(new ServerTakesWrites(), ErrorCode.SERVER_READ_ONLY, "SET GLOBAL read_only = ON"),
                new Mistake(new PacketsFit(), ErrorCode.PACKETS_TOO_SMALL, "SET GLOBAL max_allowed_packet = 8388608"),
                new Mistake(
                        new BinlogIsKept(),
                        ErrorCode.BINLOG_KEPT_BRIEFLY,
                        "SET GLOBAL binlog_expire_logs_seconds = 600"),
                new Mistake(
                        new SettingsAreAlike(),
                        ErrorCode.SETTINGS_DIFFER,
                        "SET GLOBAL sql_mode = 'STRICT_TRANS_TABLES'",
                        "SET GLOBAL group_concat_max_len = 9999"),
                new Mistake(
                        new StatementsAreCounted(),
                        ErrorCode.STATEMENTS_NOT_COUNTED,
                        "UPDATE performance_schema.setup_consumers SET ENABLED = 'NO' WHERE NAME = 'thread_instrumentation'",
                        "UPDATE performance_schema.setup_instruments SET ENABLED = 'NO'"
                                + " WHERE NAME = 'statement/sql/update'"),
                new Mistake(
                        new ShardIsNoReplica(),
                        ErrorCode.SHARD_IS_REPLICA, // [20]
                        replica,
                        "START REPLICA SQL_THREAD"),
                new Mistake(
                        new ReplicasKeepCommitOrder(),
                        ErrorCode.REPLICA_COMMIT_ORDER_OFF, // [20]
                        replica,
                        "SET GLOBAL replica_preserve_commit_order = OFF"));
    }

    private static MovedKeyspace ontoOwn(String schema) {
        return new MovedKeyspace(source.server(), source.name(), own, schema);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void theRemedyMendsIt(Mistake mistake) throws SQLException {
        MovedKeyspace keyspace = ontoOwn("app");
        List<Check> check = List.of(mistake.check());
        assertThat(keyspace.run(check)).extracting(Finding::severity).containsOnly(Severity.PASS);
        for (String statement : mistake.statements()) {
            onOwn(statement);
        }

        List<Finding> found = keyspace.run(check);

        assertThat(found).isNotEmpty().allMatch(finding -> finding.subject().equals("target"));
        try (Connection connection = own.connect("app")) {
            for (Finding finding : found) {
                assertThat(Remedy.problem(finding).code()).isEqualTo(mistake.code());
                assertThat(Remedy.of(finding).canBePasted()).as("%s", finding).isTrue();
                Remedy.of(finding).pasteInto(connection);
            }
        }
        assertThat(keyspace.run(check)).extracting(Finding::severity).containsOnly(Severity.PASS);
    }

    private static void onOwn(String statement) throws SQLException {
        try (Connection connection = own.connect("app");
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Test
    void commitsOfADurableServerPassAndThoseOfAnotherAreMended() throws SQLException { // [19]
        MovedKeyspace keyspace = new MovedKeyspace(own, "app", own, "app");
        List<Check> check = List.of(new CommitsAreDurable());
        assertThat(keyspace.run(check)).extracting(Finding::severity).containsOnly(Severity.PASS);
        onOwn("SET GLOBAL sync_binlog = 0");
        onOwn("SET GLOBAL innodb_flush_log_at_trx_commit = 2");
        try (Connection connection = own.connect("app")) {
            for (Finding finding : keyspace.run(check)) {
                Remedy.of(finding).pasteInto(connection);
            }
        }
        assertThat(keyspace.run(check)).extracting(Finding::severity).containsOnly(Severity.PASS);
    }

    @Test
    void aSchemaThatIsLeftOutOfTheBinlogIsSeen() throws SQLException {
        own.createSchema("left_out");
        List<Check> check = List.of(new BinlogHasSchema());
        assertThat(ontoOwn("app").run(check)).extracting(Finding::severity).containsOnly(Severity.PASS);
        List<Finding> found = ontoOwn("left_out").run(check);
        assertThat(found).extracting(Finding::subject).containsExactly("target");
        assertThat(Remedy.of(found.get(0)).text()).contains("without --binlog-ignore-db=left_out");
    }

    @Test
    void attributesOfConnectionsThatAreCutOffAreSeen() throws SQLException { // [29]
        List<Finding> found = ontoOwn("app").run(List.of(new ConnectionAttributesAreKept()));
        assertThat(found).extracting(Finding::subject).containsExactly("target");
        assertThat(Remedy.problem(found.get(0)).what())
                .isEqualTo("performance_schema_session_connect_attrs_size is 100 on target, expected at least 512");
    }

    @Test
    void agentsThatMayNotWriteOnTheTargetAreSeen() throws SQLException {
        List<Check> check = List.of(new AgentsHaveRights());
        try (TestSchema target = TestCluster.schema(1, "target")) {
            MovedKeyspace keyspace = new MovedKeyspace(source.server(), source.name(), target.server(), target.name());
            source.execute(
                    "CREATE USER app_agent@'%' IDENTIFIED BY 'app'",
                    "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES ON `" + source.name()
                            + "`.* TO app_agent@'%'");
            Properties agent = new Properties();
            agent.setProperty("user", "app_agent");
            agent.setProperty("password", "app");
            agent.setProperty("allowPublicKeyRetrieval", "true");
            agent.setProperty("connectionAttributes", "program_name:shardshift-agent-a-1");
            try (Connection connected = DriverManager.getConnection(source.jdbcUrl(), agent)) {
                assertThat(connected.isValid(5)).isTrue();
                List<Finding> absent = keyspace.run(check);
                assertThat(absent).extracting(Finding::severity).containsExactly(Severity.WARN);
                assertThat(Remedy.of(absent.get(0)).text()).contains("CREATE USER 'app_agent'@'%'");

                target.execute("CREATE USER app_agent@'%' IDENTIFIED BY 'app'");
                for (String rights : List.of("SELECT", "SELECT, INSERT, UPDATE, DELETE")) {
                    target.execute("REVOKE ALL PRIVILEGES, GRANT OPTION FROM app_agent@'%'");
                    target.execute("GRANT " + rights + " ON `" + target.name() + "`.* TO app_agent@'%'");
                    List<Finding> poor = keyspace.run(check);
                    assertThat(poor).extracting(Finding::severity).containsExactly(Severity.FAIL);
                    assertThat(Remedy.problem(poor.get(0)).code()).isEqualTo(ErrorCode.AGENT_RIGHTS_MISSING);
                    try (Connection connection = target.connect()) {
                        Remedy.of(poor.get(0)).pasteInto(connection);
                    }
                }
                assertThat(keyspace.run(check)).extracting(Finding::severity).containsExactly(Severity.PASS);

                target.execute("GRANT SELECT ON performance_schema.* TO app_agent@'%'");
                keyspace.shard(
                        MovedKeyspace.TARGET, target.jdbcUrl(), "app_agent", "app"); // it sees no rights of others
                List<Finding> blind = keyspace.run(check);
                assertThat(blind).extracting(Finding::severity).containsExactly(Severity.WARN);
                assertThat(Remedy.of(blind.get(0)).text()).isEqualTo("GRANT SELECT ON mysql.* TO 'app_agent'@'%'");
            } finally {
                target.execute("DROP USER IF EXISTS app_agent@'%'");
                source.execute("DROP USER app_agent@'%'");
            }
        }
    }
}
