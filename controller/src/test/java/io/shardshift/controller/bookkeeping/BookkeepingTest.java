package io.shardshift.controller.bookkeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.controller.bookkeeping.Blockers.Blocker;
import io.shardshift.controller.bookkeeping.Emptying.NotVacant;
import io.shardshift.controller.bookkeeping.Emptying.Throttle;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.Registration;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.ShardedTable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each piece of bookkeeping on real servers. */
@SuppressWarnings("NullAway.Init")
class BookkeepingTest {
    private static final GroupId GROUP = new GroupId(new MigrationId("m-1"), 0);
    private static final ShardName TARGET = new ShardName("target");
    private static final Fence VACANT = new Fence(GROUP, Role.VACANT, new ShardName("source"), "any", 3, 5);
    private static final String T = "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, user_id BIGINT NOT NULL)";
    private static final AgentId AGENT = new AgentId("a-1");

    private TestSchema source;
    private TestSchema target;
    private Connection onSource;
    private Connection onTarget;

    @BeforeEach
    void open() throws SQLException {
        source = TestCluster.schema(0, "source");
        target = TestCluster.schema(1, "target");
        onSource = source.connect();
        onTarget = target.connect();
        onTarget.setAutoCommit(false); // as a shard session's is
        BookkeepingSchema.create(onTarget);
    }

    @AfterEach
    void close() throws SQLException {
        onSource.close();
        onTarget.close();
        source.close();
        target.close();
    }

    @Test
    void bookkeepingTablesAreMadeOnce() throws SQLException {
        Heartbeat.beat(onTarget, "m-1", 7);
        BookkeepingSchema.create(onTarget);
        Heartbeat.beat(onTarget, "m-1", 8);
        assertThat(target.rows("SELECT purpose, value FROM _shardshift_heartbeat"))
                .containsExactly(List.of("m-1", "8"));
        assertThat(SchemaReader.tables(onTarget)).isEmpty();
    }

    @Test
    void targetTablesAreMadeFromTheSourceAndDifferencesAreTold() throws SQLException {
        source.execute(
                T,
                "INSERT INTO t (user_id) VALUES (1), (2), (3)",
                "CREATE TABLE a_child (id BIGINT PRIMARY KEY, FOREIGN KEY (id) REFERENCES t (id))",
                "SET sql_mode = ''",
                "CREATE TABLE old (id BIGINT PRIMARY KEY, at DATETIME NOT NULL DEFAULT '0000-00-00 00:00:00')");
        List<String> tables = List.of("a_child", "old", "t"); // the child before its parent
        assertThat(TargetTables.create(onSource, onTarget, tables)).isEmpty();
        assertThat(AutoIncrementRoom.next(onTarget, "t")).isEqualTo(1);
        assertThat(TargetTables.create(onSource, onTarget, tables)).isEmpty();
        target.execute("SET sql_mode = ''", "ALTER TABLE old ADD COLUMN more INT");
        assertThat(TargetTables.create(onSource, onTarget, tables))
                .extracting(TargetTables.Difference::table)
                .containsExactly("old");
        assertThatThrownBy(() -> TargetTables.create(onSource, onTarget, List.of("none")))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("no table none");
    }

    @Test
    void autoIncrementIsRaisedWithRoomAndNeverLowered() throws SQLException {
        source.execute(T, "INSERT INTO t (id, user_id) VALUES (500, 1)");
        target.execute(T);
        assertThat(AutoIncrementRoom.raise(onSource, onTarget, "t", 1_000)).hasValue(1_501);
        assertThat(AutoIncrementRoom.raise(onSource, onTarget, "t", 1_000)).isEmpty();
        assertThat(AutoIncrementRoom.raise(onSource, onTarget, "t", 10)).isEmpty();
        target.execute("INSERT INTO t (user_id) VALUES (9)");
        assertThat(target.rows("SELECT id FROM t")).containsExactly(List.of("1501"));
    }

    private long empty(Throttle throttle) throws Exception {
        MysqlServer server = target.server();
        Credentials credentials = new Credentials(
                Map.of("SHARDSHIFT_TARGET_USER", server.user(), "SHARDSHIFT_TARGET_PASSWORD", server.password()));
        ShardedTable table = new ShardedTable(
                SchemaReader.read(onTarget, "t").orElseThrow(), List.of("user_id"), new ShardFunction.Modulo(16));
        try (JdbcShardSessions sessions = new JdbcShardSessions(
                shard -> new ShardEndpoint(shard, target.jdbcUrl(), "target", 0),
                credentials,
                SystemTiming.INSTANCE,
                "shardshift-test")) {
            return new Emptying(sessions, SystemTiming.INSTANCE, throttle, rows -> {})
                    .empty(TARGET, VACANT, SlotRanges.of(0, 7), List.of(table));
        }
    }

    /** 2,560 rows, 160 of each of 16 slots. */
    private void fill() throws SQLException {
        target.execute(
                T,
                "SET cte_max_recursion_depth = 10000",
                "INSERT INTO t (user_id) WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 2559)"
                        + " SELECT i FROM n");
    }

    private void fence(String role, int step) throws SQLException {
        target.execute("REPLACE INTO _shardshift_fence VALUES ('m-1', 0, '" + role + "', 'source', @@server_uuid, 3, "
                + step + ")");
    }

    @Test
    void emptyingTakesTheGroupsRowsAloneAndGivesWay() throws Exception {
        fill();
        fence("VACANT", 5);
        try (Connection holder = target.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("UPDATE t SET user_id = user_id + 16 WHERE id = 1");
            AtomicInteger batches = new AtomicInteger();
            long deleted = empty(() -> {
                if (batches.incrementAndGet() == 2) { // the first was refused
                    commit(holder);
                }
                return true;
            });
            assertThat(deleted).isEqualTo(1_280);
            assertThat(batches).hasValue(4); // one refused, three of up to 1,000 rows looked at
        }
        assertThat(target.rows("SELECT COUNT(*), MIN(user_id % 16) FROM t")).containsExactly(List.of("1280", "8"));
        assertThat(empty(() -> true)).isZero();
    }

    private static void commit(Connection connection) {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void emptyingThatComesLateDeletesNothing() throws Exception { // [37]
        fill();
        fence("VACANT", 6); // a later attempt
        assertThatThrownBy(() -> empty(() -> true))
                .isInstanceOf(NotVacant.class)
                .hasMessageContaining("expected VACANT with term 3 and step 5");
        fence("MIRROR", 5);
        assertThatThrownBy(() -> empty(() -> true)).isInstanceOf(NotVacant.class);
        assertThat(target.rows("SELECT COUNT(*) FROM t")).containsExactly(List.of("2560"));
    }

    @Test
    void eachBatchReadsTheFenceAnew() throws Exception { // [37]
        fill();
        fence("VACANT", 5);
        AtomicInteger batches = new AtomicInteger();
        assertThatThrownBy(() -> empty(() -> {
                    if (batches.incrementAndGet() == 2) {
                        becomeMirror(); // between two batches, as when its attempt is over
                    }
                    return true;
                }))
                .isInstanceOf(NotVacant.class)
                .hasMessageContaining("is MIRROR");
        assertThat(target.rows("SELECT COUNT(*) FROM t")).containsExactly(List.of("2056")); // less 504 of the first
    }

    private void becomeMirror() {
        try {
            fence("MIRROR", 6);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whileABatchIsUnderWayTheFenceStaysAsItIs() throws Exception { // [37]
        fill();
        fence("VACANT", 5);
        try (Connection holder = target.connect();
                Connection controller = target.connect();
                Statement statement = holder.createStatement();
                Statement change = controller.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("UPDATE t SET user_id = user_id + 16 WHERE id = 1");
            CompletableFuture<Long> deleted = CompletableFuture.supplyAsync(() -> {
                try {
                    return empty(() -> true);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> isRefused(change, "SELECT role FROM _shardshift_fence FOR UPDATE NOWAIT"));
            holder.rollback();
            assertThat(deleted.get()).isEqualTo(1_280);
        }
    }

    private static boolean isRefused(Statement statement, String sql) throws SQLException {
        try {
            statement.execute(sql);
            return false;
        } catch (SQLException e) {
            assertThat(e.getErrorCode()).isEqualTo(3572); // NOWAIT
            return true;
        }
    }

    @Test
    void emptyingStopsWhenAsked() throws Exception {
        fill();
        fence("VACANT", 5);
        AtomicInteger batches = new AtomicInteger();
        assertThat(empty(() -> batches.incrementAndGet() == 1))
                .isEqualTo(504); // half of the first 1,000, in whole rounds
    }

    private Connection agent() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", target.server().user());
        properties.setProperty("password", target.server().password());
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("connectionAttributes", "program_name:shardshift-agent-a-1");
        return DriverManager.getConnection(target.jdbcUrl(), properties);
    }

    @Test
    void anExpelledAgentsConnectionsAreSeenAndKilled() throws SQLException { // [29]
        try (Connection agent = agent()) {
            Registration.register(agent, AGENT, "web-3", 41);
            assertThat(Kill.connectionsOf(onTarget, AGENT)).hasSize(1);
            assertThat(Kill.connectionsOf(onTarget, new AgentId("a-2"))).isEmpty();
            AgentRows.expel(onTarget, AGENT, "web-3", 41);
            AgentRows.expel(onTarget, new AgentId("a-2"), "web-4", 42); // never registered here: found when it comes
            assertThatThrownBy(() -> Registration.check(agent, AGENT)).isInstanceOf(Registration.Expelled.class);
            assertThat(Kill.connectionsOfExpelled(onTarget, AGENT)).isEqualTo(1);
            await().until(() -> Kill.connectionsOf(onTarget, AGENT).isEmpty());
            assertThatThrownBy(() -> Registration.check(agent, AGENT)).isInstanceOf(SQLException.class);
        }
        assertThat(AgentRows.list(onTarget))
                .extracting(AgentRows.AgentRow::state, AgentRows.AgentRow::host)
                .containsExactly(tuple("EXPELLED", "web-3"), tuple("EXPELLED", "web-4"));
        Kill.connection(onTarget, Integer.MAX_VALUE); // one that is gone is no error
    }

    @Test
    void blockersAreNamedWithStatementAgeAndFence() throws Exception {
        target.execute(T);
        fence("OWNER", 1);
        String fence = "SELECT role FROM _shardshift_fence WHERE migration = 'm-1' AND grp = 0 FOR ";
        try (Connection agent = agent();
                Connection waiter = target.connect();
                Statement holding = agent.createStatement();
                Statement waiting = waiter.createStatement()) {
            Registration.register(agent, AGENT, "web-3", 41);
            agent.setAutoCommit(false);
            holding.execute(fence + "SHARE");
            holding.execute("INSERT INTO t (user_id) VALUES (4711)");
            CompletableFuture<Boolean> changed = CompletableFuture.supplyAsync(() -> {
                try {
                    return waiting.execute(fence + "UPDATE");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().until(() -> Blockers.ofFence(onTarget, GROUP).size() == 2);

            List<Blocker> found = Blockers.ofFence(onTarget, GROUP);

            Blocker first = found.get(0);
            assertThat(first.fence()).isEqualTo(Blockers.Fence.HOLDS);
            assertThat(first.agent()).contains("a-1");
            assertThat(first.host()).isEqualTo("web-3");
            assertThat(first.process()).contains(41L);
            assertThat(first.rowsModified()).isEqualTo(1);
            assertThat(first.statement())
                    .startsWith("INSERT INTO `t`")
                    .contains("?")
                    .doesNotContain("4711");
            assertThat(found.get(1).fence()).isEqualTo(Blockers.Fence.WAITS);
            assertThat(found.get(1).agent()).isEmpty();
            assertThat(Blockers.longTransactions(onTarget, GROUP, Duration.ZERO))
                    .hasSize(2);
            assertThat(Blockers.longTransactions(onTarget, GROUP, Duration.ofHours(1)))
                    .isEmpty();
            assertThat(Blockers.ofFence(onTarget, new GroupId(new MigrationId("m-1"), 1)))
                    .isEmpty();
            agent.commit();
            assertThat(changed.get()).isTrue();
        }
    }

    @Test
    void writersThatAreNoAgentsAreListed() throws SQLException {
        target.execute(T);
        try (Connection agent = agent();
                Connection reader = target.connect();
                Connection writer = target.connect();
                Statement byAgent = agent.createStatement();
                Statement byReader = reader.createStatement();
                Statement byWriter = writer.createStatement()) {
            byAgent.execute("INSERT INTO t (user_id) VALUES (1)");
            byReader.execute("SELECT * FROM t");
            byWriter.execute("INSERT INTO t (user_id) VALUES (1)");
            byWriter.execute("UPDATE t SET user_id = 2");
            assertThat(ForeignWriters.list(onTarget))
                    .extracting(ForeignWriters.Writer::user, ForeignWriters.Writer::statements)
                    .containsExactly(tuple("shardshift", 2L));
        }
    }
}
