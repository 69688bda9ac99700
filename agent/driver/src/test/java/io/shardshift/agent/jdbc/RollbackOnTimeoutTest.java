package io.shardshift.agent.jdbc;

import static io.shardshift.agent.jdbc.AgentFixture.A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.cluster.Cluster;
import io.shardshift.cluster.ClusterOptions;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with innodb_rollback_on_timeout=ON: a lock wait time-out ends the whole transaction, fence and all. */
class RollbackOnTimeoutTest {
    @Test
    void aTransactionThatATimeOutHasRolledBackTakesNothingButRollback(@TempDir Path directory) // [4]
            throws Exception {
        ClusterOptions options = new ClusterOptions(
                1, directory, false, false, List.of("--innodb-rollback-on-timeout=ON", "--innodb-lock-wait-timeout=1"));
        try (Cluster cluster = Cluster.start(options)) {
            cluster.mysql(0).createSchema("owner");
            try (AgentFixture agent = new AgentFixture(
                            new TestSchema(cluster.mysql(0), "owner"),
                            TestCluster.schema(1, "agent_b"),
                            ShardKeyForm.AS_IS,
                            new ShardFunction.Modulo(16),
                            "u",
                            "CREATE TABLE kv (u BIGINT PRIMARY KEY, v INT)");
                    Connection connection = agent.dataSource.getConnection();
                    Statement statement = connection.createStatement();
                    Connection rival = agent.source.connect()) {
                agent.fences("OWNER_MIRRORING", "MIRROR");
                agent.route(A, true, A, null);
                statement.executeUpdate("INSERT INTO kv VALUES (2, 2)");
                rival.setAutoCommit(false);
                rival.createStatement().executeUpdate("UPDATE kv SET v = 9 WHERE u = 2");
                connection.setAutoCommit(false);
                statement.executeUpdate("INSERT INTO kv VALUES (1, 1)");
                assertThatThrownBy(() -> statement.executeUpdate("UPDATE kv SET v = 5 WHERE u = 2"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getErrorCode()).isEqualTo(1205));
                rival.rollback();
                assertThatThrownBy(() -> statement.executeUpdate("INSERT INTO kv VALUES (3, 3)"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("40001"));
                assertThatThrownBy(connection::commit)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("40001"));
                statement.executeUpdate("INSERT INTO kv VALUES (4, 4)"); // the next one is a transaction of its own
                connection.commit();
                assertThat(agent.source.rows("SELECT * FROM kv ORDER BY u"))
                        .isEqualTo(List.of(List.of("2", "2"), List.of("4", "4")));
                assertThat(agent.target.rows("SELECT * FROM kv ORDER BY u"))
                        .isEqualTo(agent.source.rows("SELECT * FROM kv ORDER BY u"));
            }
        }
    }
}
