package io.shardshift.lab.migration;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.cluster.TestCluster;
import io.shardshift.controller.coordinator.Controller;
import io.shardshift.controller.coordinator.MigrationStreams;
import io.shardshift.controller.coordinator.Streams;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.controller.stream.DebeziumChangeStreams;
import io.shardshift.controller.stream.ShardLogin;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.coordination.Operation;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** One controller in this process, wired as ControllerMain wires it, but for REST. */
final class ControllerHere implements AutoCloseable {
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final Credentials credentials;
    private final CutCoordination coordination;
    private final Controller controller;
    private final Thread loop;

    /** A controller that nothing happens to. */
    static ControllerHere start(Credentials credentials) {
        return start(credentials, TestCluster.zookeeper().connectString());
    }

    /** @param last see {@link CutCoordination} */
    static ControllerHere start(Credentials credentials, Predicate<List<Operation>> last) {
        return new ControllerHere(credentials, connect(TestCluster.zookeeper().connectString()), last);
    }

    /** @param zookeeper another way to the same ZooKeeper */
    static ControllerHere start(Credentials credentials, String zookeeper) {
        return new ControllerHere(credentials, connect(zookeeper), any -> false);
    }

    /** @param zookeeper a way of the test's own; closed with the controller */
    static ControllerHere startBehind(Credentials credentials, Coordination zookeeper) {
        return new ControllerHere(credentials, zookeeper, any -> false);
    }

    /** A client as controllers have it. */
    static Coordination connect() {
        return connect(TestCluster.zookeeper().connectString());
    }

    private static Coordination connect(String zookeeper) {
        return CuratorCoordination.connect(zookeeper, Duration.ofSeconds(4), Duration.ofSeconds(15));
    }

    private ControllerHere(Credentials credentials, Coordination real, Predicate<List<Operation>> last) {
        this.credentials = credentials;
        coordination = new CutCoordination(real, last);
        controller = new Controller(coordination, credentials, this::streams, workers, SystemTiming.INSTANCE, "");
        loop = new Thread(this::lead, "controller-here");
        loop.start();
    }

    private void lead() {
        try {
            controller.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Streams streams(
            MigrationRecord migration, Keyspace keyspace, JdbcShardSessions sessions, LeaderStore store) {
        return new MigrationStreams(
                migration,
                keyspace,
                sessions,
                store,
                new DebeziumChangeStreams(shard -> login(store, keyspace, shard), workers, SystemTiming.INSTANCE),
                workers,
                SystemTiming.INSTANCE);
    }

    private ShardLogin login(LeaderStore store, Keyspace keyspace, ShardName shard) {
        try {
            ShardEndpoint endpoint = store.read(ZnodePaths.keyspace(keyspace.name()), KeyspaceRecord.class)
                    .orElseThrow()
                    .value()
                    .shards()
                    .get(shard);
            if (endpoint == null) {
                throw new IllegalStateException("no shard " + shard);
            }
            Credentials.Secret secret = credentials.find(endpoint.credentials());
            return new ShardLogin(endpoint.url(), secret.user(), secret.password());
        } catch (CoordinationException e) {
            throw new IllegalStateException(e);
        }
    }

    Controller controller() {
        return controller;
    }

    /** Whether its ZooKeeper was cut off at the chosen write. */
    boolean isCut() {
        return coordination.cut().getCount() == 0;
    }

    /** What is left of a process that died: nothing. Its threads are interrupted where they stand. */
    void die() {
        coordination.cutNow();
        workers.shutdownNow();
        loop.interrupt();
        close();
    }

    @Override
    public void close() {
        controller.close();
        try {
            loop.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
