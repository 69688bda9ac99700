package io.shardshift.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.cluster.TestCluster;
import io.shardshift.coordination.CoordinationException.Kind;
import java.time.Duration;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class CuratorCoordinationTest {
    private static CuratorCoordination connect() {
        return CuratorCoordination.connect(
                TestCluster.zookeeper().connectString(), Duration.ofSeconds(4), Duration.ofSeconds(20));
    }

    @Test
    void aTransactionIsAllOrNothing() throws Exception {
        try (CuratorCoordination zk = connect()) {
            zk.ensure("/tx/a");
            zk.transact(new Operation.Create("/tx/a/one", "1".getBytes(UTF_8)));
            assertThatThrownBy(() -> zk.transact(
                            new Operation.Set("/tx/a/one", "2".getBytes(UTF_8), 0),
                            new Operation.Check("/tx/a/none", Operation.ANY)))
                    .isInstanceOfSatisfying(
                            CoordinationException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.CONFLICT));
            assertThat(zk.read("/tx/a/one").orElseThrow().data()).isEqualTo("1".getBytes(UTF_8));
            zk.transact(new Operation.Set("/tx/a/one", "2".getBytes(UTF_8), 0));
            assertThat(zk.read("/tx/a/one").orElseThrow().version()).isEqualTo(1);
            assertThat(zk.children("/tx/a")).containsExactly("one");
            assertThat(zk.children("/tx/none")).isEmpty();
        }
    }

    @Test
    void aWatchTellsOfDataAndChildrenAndLivesThroughARestart() throws Exception {
        try (CuratorCoordination zk = connect();
                CuratorCoordination other = connect()) {
            zk.ensure("/watched/node");
            SynchronousQueue<Boolean> told = new SynchronousQueue<>();
            try (Coordination.Watch watch = zk.watch("/watched/node", () -> told.offer(true))) {
                Awaitility.await().until(() -> {
                    other.transact(new Operation.Set("/watched/node", "x".getBytes(UTF_8), Operation.ANY));
                    return told.poll(1, TimeUnit.SECONDS) != null;
                });
                TestCluster.zookeeper().stop();
                TestCluster.zookeeper().restart();
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                    try {
                        other.transact(new Operation.Set("/watched/node", "y".getBytes(UTF_8), Operation.ANY));
                    } catch (CoordinationException e) {
                        return false; // not back yet
                    }
                    return told.poll(1, TimeUnit.SECONDS) != null;
                });
            }
        }
    }

    @Test
    void anEphemeralNodeGoesWithItsSession() throws Exception {
        try (CuratorCoordination watcher = connect()) {
            watcher.ensure("/ephemeral");
            try (CuratorCoordination owner = connect()) {
                owner.transact(new Operation.Create("/ephemeral/mine", new byte[0], true));
                watcher.sync("/ephemeral");
                assertThat(watcher.children("/ephemeral")).containsExactly("mine");
            }
            Awaitility.await().until(() -> watcher.children("/ephemeral").isEmpty());
        }
    }
}
