package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static io.shardshift.agent.jdbc.AgentFixture.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.cluster.TestCluster;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** An agent from its registration to its end: acknowledgement, expulsion, ZooKeeper away. */
class AgentLifeTest {
    private static final String KV = "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)";
    private static final String STATES = "SELECT agent, state FROM _shardshift_agent";

    @Test
    void anAgentIsRegisteredOnAShardBeforeItUsesItAndSignsOff() throws Exception { // [29]
        AgentFixture agent = new AgentFixture("u", KV);
        String id = agent.dataSource.agentId();
        try (Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            assertThat(agent.source.rows(STATES)).isEqualTo(List.of(List.of(id, "REGISTERED")));
            assertThat(agent.target.rows(STATES)).isEmpty();
            assertThat(agent.source.rows("SELECT DISTINCT ATTR_VALUE FROM"
                            + " performance_schema.session_connect_attrs WHERE ATTR_NAME = 'program_name'"
                            + " AND ATTR_VALUE LIKE 'shardshift-agent-%'"))
                    .contains(List.of("shardshift-agent-" + id));
        }
        try (Connection open = agent.dataSource.getConnection();
                Statement late = open.createStatement()) {
            agent.dataSource.close();
            assertThatThrownBy(() -> late.executeQuery("SELECT * FROM kv"))
                    .hasMessageStartingWith("The data source is being closed");
        }
        assertThat(agent.source.rows(STATES)).isEqualTo(List.of(List.of(id, "SIGNED_OFF")));
        assertThat(agent.coordination.children(ZnodePaths.agents(agent.keyspace)))
                .isEmpty();
        agent.coordination.close();
        agent.source.close();
        agent.target.close();
    }

    @Test
    void anExpelledAgentRegistersAnewAndRunsNothingUnderTheOldId() throws Exception { // [29]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
            String expelled = agent.dataSource.agentId();
            agent.source.execute("UPDATE _shardshift_agent SET state = 'EXPELLED'");
            for (List<String> row : agent.source.rows("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '"
                    + agent.source.name() + "' AND COMMAND = 'Sleep'")) {
                agent.source.execute("KILL " + row.get(0));
            }
            assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO kv VALUES (2, 2)"))
                    .isInstanceOf(SQLException.class); // the connection was killed
            Awaitility.await().ignoreExceptionsInstanceOf(SQLException.class).until(() -> {
                statement.executeUpdate("INSERT INTO kv VALUES (3, 3)"); // refused once more, as 40001
                return true;
            });
            assertThat(agent.dataSource.agentId()).isNotEqualTo(expelled);
            assertThat(agent.source.rows(STATES))
                    .containsExactlyInAnyOrder(
                            List.of(expelled, "EXPELLED"), List.of(agent.dataSource.agentId(), "REGISTERED"));
            assertThat(agent.source.rows("SELECT u FROM kv ORDER BY u")).isEqualTo(List.of(List.of("1"), List.of("3")));
        }
    }

    @Test
    void aResultThatIsStillReadHoldsTheAcknowledgementUp() throws Exception { // [11]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.source.execute("INSERT INTO kv VALUES (1, 1), (2, 2)");
            agent.fences("OWNER", "VACANT");
            agent.route(A, false, A, null);
            statement.setFetchSize(Integer.MIN_VALUE);
            ResultSet rows = statement.executeQuery("SELECT * FROM kv");
            assertThat(rows.next()).isTrue();
            agent.routeOnly(A, false, A);
            Awaitility.await().until(() -> !agent.agent().holding().isEmpty());
            assertThat(agent.hasAcknowledged()).isFalse();
            statement.close();
            agent.awaitAcknowledged();
        }
    }

    @Test
    void writesGoOnThroughAHandOffWhileZooKeeperIsAway() throws Exception { // [23]
        try (AgentFixture agent = new AgentFixture("u", KV);
                Connection connection = agent.dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            agent.fences("OWNER_MIRRORING", "MIRROR");
            agent.route(A, true, A, null);
            TestCluster.zookeeper().stop();
            try {
                statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
                assertThat(agent.target.rows("SELECT * FROM kv")).hasSize(1);
                agent.fence(agent.source, "CLOSED", B);
                agent.fence(agent.target, "OWNER", A);
                agent.fence(agent.source, "MIRROR", B);
                assertThat(statement.executeUpdate("UPDATE kv SET v = 7 WHERE u = 1"))
                        .isEqualTo(1);
                assertThat(agent.target.rows("SELECT v FROM kv")).isEqualTo(List.of(List.of("7")));
            } finally {
                TestCluster.zookeeper().restart();
            }
            agent.awaitZookeeper();
            agent.routeOnly(B, false, B);
            agent.awaitAcknowledged();
        }
    }

    @Test
    void aShardThatDoesNotAnswerIsConnectedToByOneThreadAtATime() throws Exception {
        try (AgentFixture agent = new AgentFixture("u", KV);
                ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            agent.reachTargetBy(silent.getLocalPort());
            for (int epoch = 0; epoch < 4; epoch++) {
                agent.route(A, false, A, null);
            }
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().equals("shardshift-agent-connect-b") && thread.isAlive())
                    .hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void aUrlIsRefusedWithTheNearestNameThatIsKnown() {
        for (String[] pair : List.of(
                new String[] {"maximumPoolsize=3", "maximumPoolSize"},
                new String[] {"writeTimout=3s", "writeTimeout"},
                new String[] {"useServerPrepStmts=true", "mysql.useServerPrepStmts"},
                new String[] {"writeTimeout=3", "duration"})) {
            assertThatThrownBy(() ->
                            AgentOptions.parse("jdbc:shardshift://zk:2181/shop?" + pair[0], new java.util.Properties()))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining(pair[1]);
        }
        assertThatThrownBy(() -> AgentOptions.parse("jdbc:shardshift://zk:2181/SHOP!", new java.util.Properties()))
                .isInstanceOf(SQLException.class);
    }
}
