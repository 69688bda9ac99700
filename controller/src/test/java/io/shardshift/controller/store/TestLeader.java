package io.shardshift.controller.store;

import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.cluster.TestCluster;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.coordination.Operation;
import java.time.Duration;

/** A controller that leads on the real ZooKeeper, with a session of its own. */
public final class TestLeader implements AutoCloseable {
    public final Coordination coordination;
    public final Leadership leadership;
    public final LeaderStore store;

    private TestLeader(Coordination coordination, Leadership leadership, Term term) {
        this.coordination = coordination;
        this.leadership = leadership;
        store = new LeaderStore(coordination, term);
    }

    public static CuratorCoordination connect() {
        return CuratorCoordination.connect(
                TestCluster.zookeeper().connectString(), Duration.ofSeconds(10), Duration.ofSeconds(20));
    }

    /** Takes the lead; from another, if there is one, as if its session had ended while it still runs. */
    public static TestLeader take(String name) throws CoordinationException {
        Coordination coordination = connect();
        Leadership leadership = new Leadership(coordination);
        leadership.prepare();
        if (leadership.current().isPresent()) {
            coordination.transact(new Operation.Delete(ZnodePaths.leader(), Operation.ANY));
        }
        return new TestLeader(
                coordination,
                leadership,
                leadership.take(name, "http://" + name).orElseThrow());
    }

    public long term() {
        return store.term().number();
    }

    @Override
    public void close() {
        coordination.close();
    }
}
