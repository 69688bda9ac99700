package io.shardshift.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestClusterTest {
    @Test
    void serversHaveGtidRowImagesAndIdentitiesOfTheirOwn() throws Exception {
        try (TestSchema first = TestCluster.schema(0, "ids");
                TestSchema second = TestCluster.schema(1, "ids")) {
            String query = "SELECT @@gtid_mode, @@binlog_row_image, @@performance_schema";
            assertThat(first.rows(query)).isEqualTo(List.of(List.of("ON", "FULL", "1")));
            assertThat(first.rows("SELECT @@server_uuid")).isNotEqualTo(second.rows("SELECT @@server_uuid"));
        }
    }

    @Test
    void aKilledServerComesBackWithItsDataAndPort(@TempDir Path directory) throws Exception {
        try (Cluster cluster = Cluster.start(new ClusterOptions(1, directory.resolve("c"), true, false, List.of()))) {
            MysqlServer server = cluster.mysql(0);
            server.createSchema("kept");
            TestSchema schema = new TestSchema(server, "kept");
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (7)");
            int port = server.port();
            long pid = server.pid();
            server.kill();
            assertThat(ProcessHandle.of(pid)).isEmpty();
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(schema.rows("SELECT id FROM t")).isEqualTo(List.of(List.of("7")));
            long last = server.pid();
            cluster.close();
            assertThat(ProcessHandle.of(last)).isEmpty();
            assertThat(Files.exists(directory.resolve("c"))).isFalse();
        }
    }
}
