package io.shardshift.lab.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.cluster.TestCluster;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.coordination.Operation;
import io.shardshift.lab.model.Writers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;

/** A keyspace under random writers, in a ZooKeeper that knows of nothing else; closing it checks what the writers saw. */
final class Scene implements AutoCloseable {
    static final int AGENTS = 3;
    private static final int THREADS = 2;
    /** Transactions acknowledged at each gate before the migration goes on. */
    private static final long ENOUGH = 60;

    final ShopKeyspace shop;
    final Writers writers;
    private final long seed;

    Scene(long seed) throws SQLException, CoordinationException {
        this.seed = seed;
        System.out.println("workload: -Dshardshift.seed=" + seed);
        forgetAll();
        shop = new ShopKeyspace();
        try (ControllerHere controller = ControllerHere.start(shop.credentials())) {
            Awaitility.await().until(() -> controller.controller().leads());
            controller.controller().putKeyspace(shop.keyspace());
        } catch (io.shardshift.api.problem.ProblemException e) {
            throw new AssertionError(e.problem().toString(), e);
        }
        writers = new Writers(seed, shop.agents(AGENTS), THREADS).start();
    }

    private static void forgetAll() throws CoordinationException {
        try (Coordination coordination = CuratorCoordination.connect(
                TestCluster.zookeeper().connectString(), Duration.ofSeconds(10), Duration.ofSeconds(15))) {
            delete(coordination, "/shardshift");
        }
    }

    private static void delete(Coordination coordination, String path) throws CoordinationException {
        for (String child : coordination.children(path)) {
            delete(coordination, path + "/" + child);
        }
        if (coordination.read(path).isPresent()) {
            coordination.transact(new Operation.Delete(path, Operation.ANY));
        }
    }

    /** Stays until enough was acknowledged here, and as long as the options say. */
    void stay() {
        long before = writers.acknowledged();
        long until = System.nanoTime() + Seeds.stay().toNanos();
        Awaitility.await("the writers get on")
                .atMost(Duration.ofSeconds(60).plus(Seeds.stay()))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> writers.acknowledged() >= before + ENOUGH && System.nanoTime() >= until);
        assertThat(writers.violations()).as("seed %s", seed).isEmpty();
    }

    /** An application that is deployed anew: another agent comes, then the one before it ends. */
    void anotherAgent(int number) throws Exception {
        writers.quietly(() -> writers.replaceAgent(
                number, shop.replaceAgent(number, TestCluster.zookeeper().connectString())));
    }

    /** As {@link #anotherAgent}, and the new one reaches ZooKeeper through {@code partition}. */
    void agentBehind(int number, Partition partition) throws Exception {
        writers.quietly(() -> writers.replaceAgent(number, shop.replaceAgent(number, partition.connectString())));
    }

    /** When writers stop and the streams drain, both sides of the moving groups are equal, byte for byte. */
    void sidesAreEqual() throws Exception {
        writers.quietly(() -> {
            Awaitility.await("streams drain")
                    .atMost(Duration.ofSeconds(20))
                    .pollDelay(Duration.ZERO)
                    .untilAsserted(() -> assertThat(differences()).isEmpty());
            assertThat(shop.rowsAtNew()).isNotEmpty();
        });
    }

    /** What is at the new shards is as it is at the old one, though not all need be there yet. */
    void mirroredRowsAreEqual() throws Exception {
        writers.quietly(() -> Awaitility.await("streams drain")
                .atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(shop.rowsAtOld()).containsAll(shop.rowsAtNew())));
    }

    /** Each user's rows are at its owner as the model has them. */
    void ownersHold(boolean moved) throws Exception {
        writers.quietly(() -> writers.checkOwners(user -> shop.connect(user, moved)));
        assertThat(writers.violations()).as("seed %s", seed).isEmpty();
    }

    /** Rows that one side has and the other has not. */
    private Set<String> differences() throws SQLException {
        List<String> old = shop.rowsAtOld();
        List<String> moved = shop.rowsAtNew();
        Set<String> differences = new HashSet<>(old);
        moved.forEach(differences::remove);
        moved.stream().filter(row -> !old.contains(row)).forEach(differences::add);
        return differences;
    }

    @Override
    public void close() throws Exception {
        writers.close();
        shop.close();
        System.out.println("workload: " + writers.figures());
        assertThat(writers.violations()).as("seed %s", seed).isEmpty();
    }
}
