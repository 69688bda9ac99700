package io.shardshift.lab.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.cluster.ClusterDescription;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.cluster.TestCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers of a file: what demo and bench make there is gone afterwards, and nothing else. */
class LabServersTest {
    private static final String SCHEMA = "lab_servers_test";

    @Test
    void schemasMadeOnServersOfAFileAreRemoved(@TempDir Path directory) throws Exception {
        MysqlServer server = TestCluster.mysql(0);
        ClusterDescription given = new ClusterDescription(
                "d",
                new ClusterDescription.ZooKeeper("127.0.0.1:1", 0),
                List.of(new ClusterDescription.Mysql(
                        "mysql-0",
                        server.host(),
                        server.port(),
                        server.user(),
                        server.password(),
                        server.jdbcUrl(),
                        server.pid())));
        Path file = Files.writeString(directory.resolve("cluster.json"), given.toJson());
        try (LabServers servers = LabServers.open(file, 1, directory)) {
            assertThat(servers.zookeeper()).as("a driver's URL takes no path").matches("[^/:]+:[0-9]+");
            servers.mysql().get(0).createSchema(SCHEMA);
            assertThat(schemas(server)).isEqualTo(1);
        }
        assertThat(schemas(server)).isZero();
        assertThat(server.isAlive()).isTrue();
    }

    private static int schemas(MysqlServer server) throws SQLException {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = '" + SCHEMA + "'")) {
            found.next();
            return found.getInt(1);
        }
    }
}
