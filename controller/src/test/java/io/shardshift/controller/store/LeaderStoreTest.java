package io.shardshift.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.cluster.TestCluster;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.coordination.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** On a real ZooKeeper. */
class LeaderStoreTest {
    private record Value(int number) {}

    /** As copiers of one table put its progress: the step must not fail because two came at once. */
    @Test
    void manyThreadsPutOneNode() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (CuratorCoordination coordination = CuratorCoordination.connect(
                TestCluster.zookeeper().connectString(), Duration.ofSeconds(10), Duration.ofSeconds(10))) {
            Leadership leadership = new Leadership(coordination);
            leadership.prepare();
            LeaderStore store = new LeaderStore(
                    coordination, leadership.take("store-test", "").orElseThrow());
            store.ensure("/shardshift/config/store-test");
            List<Future<?>> puts = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Value value = new Value(i);
                String node = "/shardshift/config/store-test/" + i / 50;
                puts.add(threads.submit(() -> {
                    store.put(node, value);
                    return value;
                }));
            }
            for (Future<?> put : puts) {
                put.get();
            }
            assertThat(store.children("/shardshift/config/store-test")).hasSize(4);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Otherwise nobody would lead for as long as the session of the one whose answer was lost lives. */
    @Test
    void whoseAnswerWasLostLeadsUnderANewTerm() throws Exception {
        try (CuratorCoordination coordination = CuratorCoordination.connect(
                TestCluster.zookeeper().connectString(), Duration.ofSeconds(10), Duration.ofSeconds(10))) {
            Leadership leadership = new Leadership(coordination);
            leadership.prepare();
            Term lost = leadership.take("lost", "").orElseThrow();
            assertThat(leadership.take("another", "")).isEmpty();

            Term again = leadership.take("lost", "").orElseThrow();
            assertThat(again.number()).isGreaterThan(lost.number());
            LeaderStore before = new LeaderStore(coordination, lost);
            assertThatThrownBy(() -> before.put("/shardshift/config/late", new Value(1)))
                    .isInstanceOf(LeadershipLost.class);
            new LeaderStore(coordination, again).put("/shardshift/config/in-time", new Value(1));
        }
    }

    /** The streams store their positions while the fences' terms are read: that is no loss of the lead. */
    @Test
    void aLeaderThatRaisesItsTermGoesOnWriting() throws Exception { // [25]
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (CuratorCoordination coordination = CuratorCoordination.connect(
                TestCluster.zookeeper().connectString(), Duration.ofSeconds(10), Duration.ofSeconds(10))) {
            Leadership leadership = new Leadership(coordination);
            leadership.prepare();
            LeaderStore store =
                    new LeaderStore(coordination, leadership.take("raised", "").orElseThrow());
            store.ensure("/shardshift/config/raised");
            List<Future<?>> writes = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String node = "/shardshift/config/raised/" + i;
                writes.add(threads.submit(() -> {
                    store.write(List.of(new Operation.Create(node, new byte[0])));
                    return node;
                }));
                if (i % 10 == 0) {
                    store.raiseTermAbove(store.term().number() + 1);
                }
            }
            for (Future<?> write : writes) {
                write.get();
            }
            assertThat(store.children("/shardshift/config/raised")).hasSize(200);
        } finally {
            threads.shutdownNow();
        }
    }
}
