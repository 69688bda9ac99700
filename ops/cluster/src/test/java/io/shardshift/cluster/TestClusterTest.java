package io.shardshift.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

    @Test
    void aServerCanStandStillGoOnAndStopInOrder(@TempDir Path directory) throws Exception {
        try (Cluster cluster = Cluster.start(new ClusterOptions(1, directory.resolve("c"), false, false, List.of()))) {
            MysqlServer server = cluster.mysql(0);
            server.createSchema("kept");
            server.suspend();
            await().until(() -> stateOf(server.pid()).equals("T"));
            server.resume();
            TestSchema schema = new TestSchema(server, "kept");
            schema.execute("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (7)");
            server.stop();
            assertThat(server.isAlive()).isFalse();
            server.restart();
            assertThat(schema.rows("SELECT id FROM t")).isEqualTo(List.of(List.of("7")));
        }
    }

    @Test
    void rootHasAPasswordAndNoOptionShowsIt() throws Exception {
        MysqlServer server = TestCluster.mysql(0);
        assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/cmdline")))
                .doesNotContain(server.password());
        try (TestSchema schema = TestCluster.schema(0, "accounts")) {
            String query = "SELECT user FROM mysql.user WHERE authentication_string = '' AND account_locked = 'N'";
            assertThat(schema.rows(query)).isEmpty();
        }
    }

    /** One letter, as the kernel shows it: T is stopped by a signal. */
    private static String stateOf(long pid) throws Exception {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
    }
}
