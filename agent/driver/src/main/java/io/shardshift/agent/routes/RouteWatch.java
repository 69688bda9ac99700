package io.shardshift.agent.routes;

import io.shardshift.api.codec.Json;
import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CoordinationException.Kind;
import io.shardshift.coordination.Operation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the route table of one keyspace. {@link #pin} and {@link #unpin} are for application threads and cost one
 * volatile read and a set entry; {@link #run} is the agent's one loop, on a thread of the wiring's.
 *
 * <p>While ZooKeeper is away the last routes stay. An epoch is acknowledged when nothing runs under an older one, and an
 * older one is never used again [11].
 */
public final class RouteWatch {
    private static final Logger LOG = LoggerFactory.getLogger(RouteWatch.class);
    /** A lost watch costs no more than this, and a reader of status sees what holds an epoch up no older than this. */
    private static final long LOOK_MILLIS = 1_000;

    private static final int SHOWN_HOLDINGS = 20;

    private final Coordination coordination;
    private final KeyspaceName keyspace;
    private final AgentRecord self;
    private final Timing timing;
    private final BlockingQueue<Boolean> wake = new ArrayBlockingQueue<>(1);
    private final List<RouteSnapshot> older = new ArrayList<>();
    private final Set<String> registeredOn = new ConcurrentSkipListSet<>();
    private volatile RouteSnapshot current;
    private volatile boolean stopped;
    private volatile @Nullable RoutesEpoch acknowledged;
    private @Nullable AgentRecord written;

    private RouteWatch(
            Coordination coordination, KeyspaceName keyspace, AgentRecord self, Timing timing, RouteTable first) {
        this.coordination = coordination;
        this.keyspace = keyspace;
        this.self = self;
        this.timing = timing;
        this.current = new RouteSnapshot(first);
    }

    /**
     * Registers the agent durably, then reads the routes: in this order, so that a controller which lists agents after it
     * has published misses nobody [29]. Throws IllegalStateException when the keyspace is not registered.
     */
    public static RouteWatch open(Coordination coordination, KeyspaceName keyspace, AgentRecord self, Timing timing)
            throws CoordinationException {
        coordination.ensure(ZnodePaths.agents(keyspace));
        coordination.transact(new Operation.Create(ZnodePaths.agent(keyspace, self.id()), Json.write(self)));
        Optional<Coordination.Node> routes = coordination.read(ZnodePaths.routes(keyspace));
        if (routes.isEmpty()) {
            coordination.transact(new Operation.Delete(ZnodePaths.agent(keyspace, self.id()), Operation.ANY));
            throw new IllegalStateException("keyspace " + keyspace + " is not registered: PUT /api/v1/keyspaces/"
                    + keyspace + " (or: shardshift keyspace register FILE) first");
        }
        RouteTable first = Json.read(routes.get().data(), RouteTable.class);
        RouteWatch watch = new RouteWatch(coordination, keyspace, self, timing, first);
        watch.report();
        return watch;
    }

    public AgentId id() {
        return self.id();
    }

    /** The agent's row is on this shard now; said in ZooKeeper with the next report. */
    public void registeredOn(ShardName shard) {
        if (registeredOn.add(shard.value())) {
            wake.offer(true);
        }
    }

    /** The newest routes. */
    public RouteSnapshot current() {
        return current;
    }

    /** Begins something under the newest routes. */
    public Pin pin() {
        while (true) {
            RouteSnapshot snapshot = current;
            Pin pin = new Pin(this, snapshot, timing.now());
            snapshot.add(pin);
            if (snapshot == current) {
                return pin; // added before the epoch changed: whoever acknowledges the next one sees it
            }
            snapshot.remove(pin);
        }
    }

    void unpin(Pin pin) {
        pin.snapshot().remove(pin);
        if (pin.snapshot() != current) {
            wake.offer(true); // perhaps the last of an old epoch; an offer that finds the queue full is as good
        }
    }

    /**
     * Follows and acknowledges until {@link #stop}, or until the agent was expelled: then {@code forgotten} runs.
     *
     * @param adopted told of each new table, on this thread, before it is acknowledged; not to wait
     */
    public void run(Runnable forgotten, Consumer<RouteTable> adopted) {
        Coordination.Watch watch = null;
        try {
            while (!stopped) {
                try {
                    if (watch == null) {
                        watch = coordination.watch(ZnodePaths.routes(keyspace), () -> wake.offer(true));
                    }
                    follow(adopted);
                } catch (CoordinationException e) {
                    LOG.debug("going on under epoch {}", current.table().epoch(), e);
                    if (e.kind() == Kind.CONFLICT && isForgotten()) {
                        forgotten.run();
                        return;
                    }
                } catch (RuntimeException e) { // routes that this version cannot read: the last ones stay
                    LOG.error("routes of {} cannot be followed", keyspace, e);
                }
                Boolean told = wake.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                LOG.trace("looking again, told: {}", told);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (watch != null) {
                watch.close();
            }
        }
    }

    public void stop() {
        stopped = true;
        wake.offer(true);
    }

    /** Whether the agent's own node is gone: the controller expelled it, and waits for it no more [29]. */
    private boolean isForgotten() {
        try {
            return coordination.read(ZnodePaths.agent(keyspace, self.id())).isEmpty();
        } catch (CoordinationException e) {
            LOG.debug("ZooKeeper is away", e);
            return false;
        }
    }

    /** Takes an expelled agent's contact back: it runs nothing any more under this id. */
    public void leave() {
        stop();
        String contact = ZnodePaths.agentContact(keyspace, self.id());
        try {
            if (coordination.read(contact).isPresent()) {
                coordination.transact(new Operation.Delete(contact, Operation.ANY));
            }
        } catch (CoordinationException e) {
            LOG.debug("the contact of {} ends with its session", self.id(), e);
        }
    }

    /** Marks a clean end: nothing of this agent runs or will run. */
    public void signOff() throws CoordinationException {
        String node = ZnodePaths.agent(keyspace, self.id());
        String contact = ZnodePaths.agentContact(keyspace, self.id());
        List<Operation> operations = new ArrayList<>();
        if (coordination.read(contact).isPresent()) {
            operations.add(new Operation.Delete(contact, Operation.ANY));
        }
        operations.add(new Operation.Delete(node, Operation.ANY));
        coordination.transact(operations);
    }

    private void follow(Consumer<RouteTable> adopted) throws CoordinationException {
        Optional<Coordination.Node> node = coordination.read(ZnodePaths.routes(keyspace));
        if (node.isPresent()) {
            RouteTable table = Json.read(node.get().data(), RouteTable.class);
            if (current.table().epoch().isBefore(table.epoch())) { // a late read never brings an old epoch back
                older.add(current);
                current = new RouteSnapshot(table);
                adopted.accept(table);
            }
        }
        Iterator<RouteSnapshot> snapshots = older.iterator();
        while (snapshots.hasNext()) {
            if (snapshots.next().isQuiet()) {
                snapshots.remove();
            }
        }
        report();
    }

    private void report() throws CoordinationException {
        if (older.isEmpty()) {
            acknowledged = current.table().epoch();
        }
        AgentRecord now = new AgentRecord(
                self.id(),
                self.host(),
                self.pid(),
                self.version(),
                self.since(),
                acknowledged,
                holdings(),
                List.copyOf(registeredOn));
        if (!now.equals(written)) {
            coordination.transact(
                    new Operation.Set(ZnodePaths.agent(keyspace, self.id()), Json.write(now), Operation.ANY));
            written = now;
        }
        keepContact();
    }

    private void keepContact() throws CoordinationException {
        String contact = ZnodePaths.agentContact(keyspace, self.id());
        if (coordination.read(contact).isEmpty()) {
            try {
                coordination.transact(new Operation.Create(contact, new byte[0], true));
            } catch (CoordinationException e) {
                if (e.kind() != Kind.CONFLICT) { // made by a call whose answer was lost
                    throw e;
                }
            }
        }
    }

    private List<AgentRecord.Holding> holdings() {
        List<AgentRecord.Holding> holdings = new ArrayList<>();
        for (RouteSnapshot snapshot : older) {
            for (Pin pin : snapshot.pins()) {
                if (holdings.size() < SHOWN_HOLDINGS) {
                    Instant since = pin.since();
                    holdings.add(new AgentRecord.Holding(pin.thread(), pin.statement(), since));
                }
            }
        }
        return holdings;
    }
}
