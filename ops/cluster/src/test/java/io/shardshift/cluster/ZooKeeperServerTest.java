package io.shardshift.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZooKeeperServerTest {
    @Test
    void aRestartKeepsDataAndPort(@TempDir Path directory) throws Exception {
        try (ZooKeeperServer server = ZooKeeperServer.start(directory)) {
            String connect = server.connectString();
            byte[] data = "kept".getBytes(StandardCharsets.UTF_8);
            try (ZooKeeper client = client(server)) {
                client.create("/node", data, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
            }
            server.stop();
            server.restart();
            assertThat(server.connectString()).isEqualTo(connect);
            try (ZooKeeper client = client(server)) {
                assertThat(client.getData("/node", false, null)).isEqualTo(data);
            }
        }
    }

    private static ZooKeeper client(ZooKeeperServer server) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(server.connectString(), 6_000, event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        assertThat(connected.await(20, TimeUnit.SECONDS)).isTrue();
        return client;
    }
}
