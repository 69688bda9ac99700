package io.shardshift.controller.pacing;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.cluster.Cluster;
import io.shardshift.cluster.ClusterOptions;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On a real primary with a real replica that says where it is reached: servers of its own, for it is a server's option. */
@Timeout(120)
class ReplicaLagTest {
    private static final ShardName SHOP = new ShardName("shop");

    @Test
    void theLagOfAVisibleReplicaIsReadAndOneThatStandsIsAMissedReading(@TempDir Path directory) throws Exception {
        ClusterOptions options =
                new ClusterOptions(2, directory.resolve("c"), false, false, List.of("--report-host=127.0.0.1"));
        try (Cluster cluster = Cluster.start(options)) {
            MysqlServer primary = cluster.mysql(0);
            MysqlServer replica = cluster.mysql(1);
            primary.createSchema("shop");
            try (JdbcShardSessions sessions = sessions(primary)) {
                Signal lag = new ReplicaLag(
                                sessions,
                                (shard, host, port) -> {
                                    assertThat(port).isEqualTo(replica.port());
                                    return replica.connect("");
                                },
                                SystemTiming.INSTANCE)
                        .signal(SHOP, Duration.ofSeconds(5));
                assertThat(lag.name()).isEqualTo("replica_lag(shop)");
                assertThat(lag.read()).as("nothing to wait for").hasValue(0);
                replicate(primary, replica);
                Awaitility.await("the replica is there")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> visibleReplicas(primary) == 1 && lag.read().isPresent());
                run(replica, "STOP REPLICA SQL_THREAD");
                assertThat(lag.read()).as("its applier stands").isEmpty();
                run(replica, "CHANGE REPLICATION SOURCE TO SOURCE_DELAY = 3600", "START REPLICA SQL_THREAD");
                run(primary, "CREATE TABLE shop.t (id INT PRIMARY KEY)");
                Awaitility.await("it falls behind")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> lag.read().orElse(0) > 1);
            }
        }
    }

    private static JdbcShardSessions sessions(MysqlServer primary) {
        return new JdbcShardSessions(
                shard -> new ShardEndpoint(shard, primary.jdbcUrl("shop"), "shop", 0),
                new Credentials(
                        Map.of("SHARDSHIFT_SHOP_USER", primary.user(), "SHARDSHIFT_SHOP_PASSWORD", primary.password())),
                SystemTiming.INSTANCE,
                "shardshift-test");
    }

    private static void replicate(MysqlServer primary, MysqlServer replica) throws SQLException {
        String done = text(primary, "SELECT @@GLOBAL.gtid_executed").replace("\n", "");
        run(
                replica,
                "RESET MASTER",
                "SET GLOBAL gtid_purged = '" + done + "'",
                "CREATE DATABASE IF NOT EXISTS shop",
                "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = " + primary.port()
                        + ", SOURCE_USER = '" + primary.user() + "', SOURCE_PASSWORD = '" + primary.password()
                        + "', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1",
                "START REPLICA");
    }

    private static int visibleReplicas(MysqlServer primary) throws SQLException {
        int replicas = 0;
        try (Connection connection = primary.connect("");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW REPLICAS")) {
            while (result.next()) {
                replicas++;
            }
        }
        return replicas;
    }

    private static String text(MysqlServer server, String query) throws SQLException {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    private static void run(MysqlServer server, String... statements) throws SQLException {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
