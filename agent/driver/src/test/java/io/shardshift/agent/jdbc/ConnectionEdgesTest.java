package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.agent.transaction.PausePoint;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.cluster.TestCluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Corners of JDBC by which an application could read or write elsewhere than where the routes say. */
class ConnectionEdgesTest {
    private static final String KV = "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)";
    private static final String ROWS = "SELECT * FROM kv ORDER BY u";

    private static void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("0A000"));
    }

    @Test
    void theSchemaIsTheShards() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            String other = agent.source.name() + "_other";
            agent.source.execute("CREATE DATABASE " + other, "CREATE TABLE " + other + ".kv LIKE kv");
            try {
                assertRefused(() -> connection.setCatalog(other));
                assertRefused(() -> connection.setSchema(other));
                assertRefused(() -> statement.execute("USE " + other));
                for (String schema : List.of(other, agent.source.name())) { // a target's schema has another name
                    String kv = schema + ".kv";
                    assertRefused(() -> statement.executeUpdate("INSERT INTO " + kv + " VALUES (1, 1)"));
                    assertRefused(() -> statement.executeUpdate("INSERT INTO kv SELECT * FROM " + kv + " WHERE u = 1"));
                    assertRefused(() -> statement.executeUpdate("UPDATE " + kv + " SET v = 2 WHERE u = 1"));
                    assertRefused(() -> statement.executeUpdate("DELETE FROM " + kv + " WHERE u = 1"));
                    assertRefused(() -> statement.executeQuery("SELECT * FROM " + kv + " WHERE u = 1"));
                }
                assertThat(agent.source.rows("SELECT * FROM " + other + ".kv")).isEmpty();
            } finally {
                agent.source.execute("DROP DATABASE " + other);
            }
        }
    }

    @Test
    void aWrongMethodChangesNothing() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO kv VALUES (1, 1)")) {
            assertThatThrownBy(insert::executeQuery).isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> statement.executeQuery("INSERT INTO kv VALUES (2, 2)"))
                    .isInstanceOf(SQLException.class);
            assertThat(agent.source.rows(ROWS)).isEmpty();
            assertThatThrownBy(() -> statement.executeUpdate("SELECT * FROM kv"))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> statement.executeUpdate("SELECT 1")).isInstanceOf(SQLException.class);
            assertThat(statement.executeQuery("ANALYZE TABLE kv").next()).isTrue();
        }
    }

    /** Asked once more, the query would open a snapshot in which the next transaction reads what is old. */
    @Test
    void metadataOfAQueryLeavesNoSnapshotBehind() throws Exception { // [30]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement();
                PreparedStatement select = connection.prepareStatement("SELECT v FROM kv WHERE u = 1")) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1)");
            agent.fences("OWNER", "VACANT");
            agent.route(A, false, A, null);
            select.executeQuery().close();
            statement.executeUpdate("UPDATE kv SET v = 2 WHERE u = 1");
            ResultSetMetaData unasked = select.getMetaData();
            assertThat(connection
                            .getMetaData()
                            .getTables(null, null, "kv", null)
                            .next())
                    .isTrue();
            agent.source.execute("UPDATE kv SET v = 3 WHERE u = 1");
            connection.setAutoCommit(false);
            try (ResultSet now = select.executeQuery()) {
                assertThat(now.next()).isTrue();
                assertThat(now.getInt(1)).isEqualTo(3);
                assertThat(select.getMetaData().getColumnCount()).isEqualTo(1);
            }
            connection.rollback();
            assertThat(unasked).isNull();
        }
    }

    @Test
    void aConnectionClosedInTheMiddleOfACommitWaitsForIt() throws Exception { // [6][10]
        for (boolean abort : new boolean[] {false, true}) {
            try (AgentFixture agent = new AgentFixture("u", KV);
                    Connection connection = agent.dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                agent.fences("OWNER_MIRRORING", "MIRROR");
                agent.route(A, true, A, null);
                Thread closer = new Thread(() -> end(connection, abort), "closer");
                agent.dataSource.pauseWith(point -> {
                    if (point == PausePoint.BEFORE_OWNER_COMMIT && closer.getState() == Thread.State.NEW) {
                        closer.start();
                        Awaitility.await().until(() -> isStuckOrOver(closer));
                    }
                });
                connection.setAutoCommit(false);
                statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
                if (abort) {
                    assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
                } else {
                    connection.commit();
                }
                closer.join();
                assertThat(agent.target.rows(ROWS))
                        .isEqualTo(agent.source.rows(ROWS))
                        .hasSize(abort ? 0 : 1);
                agent.route(A, true, A, null); // nothing holds the acknowledgement up
                assertThat(connection.isClosed()).isTrue();
            }
        }
    }

    private static void end(Connection connection, boolean abort) {
        try {
            if (abort) {
                connection.abort(Runnable::run);
            } else {
                connection.close();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isStuckOrOver(Thread thread) {
        return thread.getState() == Thread.State.BLOCKED || thread.getState() == Thread.State.TERMINATED;
    }

    @Test
    void anAbortedConnectionIsGivenToNobodyElse() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV)) {
            agent.fences("OWNER", "VACANT");
            agent.route(A, false, A, null);
            for (int i = 0; i < 3; i++) {
                Connection connection = agent.dataSource.getConnection();
                connection.setAutoCommit(false);
                connection.createStatement().executeUpdate("INSERT INTO kv VALUES (1, 1)");
                connection.abort(Runnable::run);
                assertThat(connection.isClosed()).isTrue();
                assertThatThrownBy(connection::commit).isInstanceOf(SQLException.class);
                agent.route(A, false, A, null);
            }
            try (Connection connection = agent.dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                assertThat(statement.executeUpdate("INSERT INTO kv VALUES (1, 1)"))
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void aNetworkTimeoutHoldsOnEachShardAndEndsWithTheConnection() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV)) {
            try (Connection connection = agent.dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setNetworkTimeout(Runnable::run, 300);
                assertThat(connection.getNetworkTimeout()).isEqualTo(300);
                assertThatThrownBy(() -> statement.executeQuery("SELECT SLEEP(2)"))
                        .isInstanceOf(SQLException.class);
                assertThatThrownBy(() -> statement.executeQuery("SELECT SLEEP(2)"))
                        .isInstanceOf(SQLException.class); // on another physical connection
            }
            try (Connection connection = agent.dataSource.getConnection();
                    Statement statement = connection.createStatement()) {
                assertThat(connection.getNetworkTimeout()).isEqualTo(0);
                assertThat(statement.executeQuery("SELECT SLEEP(0.5)").next()).isTrue();
            }
        }
    }

    @Test
    void settingsEndWithTheConnectionAndItsNameStays() throws Exception { // [29]
        try (AgentFixture agent = new AgentFixture("u", KV)) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1), (2, 2), (3, 3)");
            for (int i = 0; i < 12; i++) { // but for the first, a result is still being read; the pool has 10
                try (Connection connection = agent.dataSource.getConnection()) {
                    Statement statement = connection.createStatement(); // left to the connection to close
                    statement.execute("SET @mine = 7, sql_safe_updates = 1");
                    statement.setFetchSize(i == 0 ? 0 : Integer.MIN_VALUE);
                    assertThat(statement.executeQuery(ROWS).next()).isTrue();
                }
                try (Connection connection = agent.dataSource.getConnection();
                        Statement statement = connection.createStatement()) {
                    ResultSet now = statement.executeQuery("SELECT @mine, @@sql_safe_updates, @@autocommit");
                    assertThat(now.next()).isTrue();
                    assertThat(now.getString(1)).isNull();
                    assertThat(now.getInt(2)).isZero();
                    assertThat(now.getInt(3)).isEqualTo(1);
                }
            }
            assertThat(agent.source.rows("SELECT DISTINCT a.ATTR_VALUE FROM performance_schema.processlist p LEFT JOIN"
                            + " performance_schema.session_connect_attrs a ON a.PROCESSLIST_ID = p.ID AND a.ATTR_NAME ="
                            + " 'program_name' WHERE p.DB = '" + agent.source.name()
                            + "' AND p.ID <> CONNECTION_ID()"))
                    .isEqualTo(List.of(List.of("shardshift-agent-" + agent.dataSource.agentId())));
        }
    }

    @Test
    void aConnectionsOwnTypesAndInfosAreNotLeftBehind() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection()) {
            assertRefused(() -> connection.setTypeMap(Map.of("POINT", String.class)));
            assertThat(connection.getTypeMap()).isEmpty();
            connection.setClientInfo("ApplicationName", "x");
            assertThat(connection.getClientInfo()).isEmpty();
            assertRefused(() -> connection.prepareCall("{call p()}"));
            try (Statement statement = connection.createStatement()) {
                assertRefused(() -> statement.execute("{call p()}"));
                assertThat(statement.enquoteLiteral("it's")).contains("it''s");
            }
        }
    }

    @Test
    void aScrollingResultScrolls() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement =
                        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1), (2, 2)");
            ResultSet rows = statement.executeQuery(ROWS);
            assertThat(rows.last()).isTrue();
            assertThat(rows.getLong(1)).isEqualTo(2);
            assertThat(rows.first()).isTrue();
            assertThat(rows.getType()).isEqualTo(statement.getResultSetType());
        }
    }

    @Test
    void aResultThatIsClosedOrLockedHoldsNoAcknowledgementUp() throws Exception { // [11]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1), (2, 2)");
            statement.setFetchSize(Integer.MIN_VALUE);
            ResultSet locked = statement.executeQuery(ROWS + " FOR UPDATE"); // not pinned, so it is read whole
            try (Statement other = connection.createStatement()) {
                assertThat(other.executeQuery("SELECT 1").next()).isTrue();
            }
            assertThat(locked.next()).isTrue();
            ResultSet rows = statement.executeQuery(ROWS);
            assertThat(rows.next()).isTrue();
            rows.close();
            agent.fences("OWNER", "VACANT");
            agent.route(A, false, A, null);
        }
    }

    @Test
    void aValueThatIsSentAsAnotherNamesNoSlot() throws Exception { // [18]
        String table = "CREATE TABLE kv (u VARCHAR(20) PRIMARY KEY, v INT) COLLATE utf8mb4_0900_bin";
        try (AgentFixture agent = new AgentFixture(
                        TestCluster.schema(0, "agent_a"),
                        TestCluster.schema(1, "agent_b"),
                        ShardKeyForm.AS_IS,
                        new ShardFunction.Crc32(16),
                        "u",
                        table);
                Connection connection = agent.dataSource.getConnection();
                PreparedStatement update = connection.prepareStatement("UPDATE kv SET v = v + 1 WHERE u = ?")) {
            agent.split();
            for (int type : new int[] {Types.INTEGER, Types.DECIMAL, Types.BINARY}) {
                update.setObject(1, "007", type); // as a number it meets '7' and '07' too
                assertRefused(update::executeUpdate);
            }
            update.setObject(1, "007", Types.VARCHAR);
            assertThat(update.executeUpdate()).isZero();
            update.setObject(1, "007");
            assertThat(update.executeUpdate()).isZero();
        }
    }

    @Test
    void propertiesThatUndoTheAgentsGroundAreRefused() throws Exception {
        for (String property : List.of(
                "connectionAttributes=program_name:mine",
                "autoReconnect=true",
                "AUTORECONNECT=true",
                "allowMultiQueries=true",
                "emulateLocators=true",
                "useLocalTransactionState=true",
                "paranoid=true",
                "holdResultsOpenOverStatementClose=true",
                "queryInterceptors=com.example.Mine",
                "maxRows=1",
                "dbname=other",
                "connectionAttributes=false",
                "useConfigs=clusterBase",
                "defaultFetchSize=-2147483648",
                "characterEncoding=latin1",
                "connectionCollation=latin1_bin",
                "sessionVariables=sql_log_bin=0",
                "sessionVariables=sql_mode='ANSI_QUOTES'",
                "sessionVariables=foreign_key_checks=0,auto_increment_increment=1")) {
            assertThatThrownBy(() ->
                            AgentOptions.parse("jdbc:shardshift://zk:2181/shop?mysql." + property, new Properties()))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining(property.substring(0, property.indexOf('=')));
        }
        Properties harmless = new Properties();
        harmless.setProperty("mysql.sessionVariables", "foreign_key_checks=0,sql_mode='STRICT_ALL_TABLES'");
        harmless.setProperty("mysql.autoReconnect", "false");
        harmless.setProperty("mysql.characterEncoding", "UTF-8");
        harmless.setProperty("mysql.connectionCollation", "utf8mb4_0900_ai_ci");
        harmless.setProperty("mysql.useServerPrepStmts", "true");
        assertThat(AgentOptions.parse("jdbc:shardshift://zk:2181/shop", harmless)
                        .mysql())
                .hasSize(5);
    }
}
