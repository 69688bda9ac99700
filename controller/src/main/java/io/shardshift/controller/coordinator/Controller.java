package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.migration.HandoffState;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.resources.Answer;
import io.shardshift.controller.resources.Command;
import io.shardshift.controller.resources.ControlPlane;
import io.shardshift.controller.resources.EventLog;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.Leadership;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.controller.store.Term;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One controller process: takes the lead or stands by, runs the migrations it leads, and answers the REST resources.
 * Thread-safe.
 */
public final class Controller implements ControlPlane, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);
    /** How often a standby looks whether there is a leader; with the session time-out this bounds a take-over. */
    private static final Duration LOOK = Duration.ofMillis(200);
    /** Between two looks of a leader: each reads the node of every keyspace, and what it mends is rare. */
    private static final Duration LEADER_LOOK = Duration.ofSeconds(1);

    /** Opens the change streams of one migration. */
    @FunctionalInterface
    public interface StreamsFactory {
        Streams open(MigrationRecord migration, Keyspace keyspace, JdbcShardSessions sessions, LeaderStore store);
    }

    private final Coordination coordination;
    private final ExecutorService workers;
    private final Timing timing;
    private final String name;
    private volatile String url;
    private final Leadership leadership;
    private final EventLogs events;
    private final ControllerFigures figures;
    private final MigrationWiring wiring;
    private final AgentContacts contacts;
    private final Keyspaces keyspaces;
    private final Purges purges;
    private final Migrations migrations;
    private volatile @Nullable Lead lead;
    private volatile boolean closed;

    /** @param workers runs coordinators' loops and steps; unbounded, ended by {@link #close} */
    public Controller(
            Coordination coordination,
            Credentials credentials,
            StreamsFactory streamsFactory,
            ExecutorService workers,
            Timing timing,
            String url) {
        this.coordination = coordination;
        this.workers = workers;
        this.timing = timing;
        this.name = "controller-" + UUID.randomUUID().toString().substring(0, 8);
        this.url = url;
        this.leadership = new Leadership(coordination);
        this.events = new EventLogs(this::status, timing);
        this.figures = new ControllerFigures(() -> lead, this::purging, this::isReady);
        this.wiring = new MigrationWiring(credentials, streamsFactory, workers, timing, figures);
        this.contacts = new AgentContacts(timing);
        this.keyspaces = new Keyspaces(this::requireLead, credentials, contacts);
        this.purges = new Purges(wiring, workers, timing);
        this.migrations =
                new Migrations(this::requireLead, keyspaces, wiring, this::startCoordinator, purges, events, timing);
        coordination.onSession(state -> {
            if (state == Coordination.SessionState.LOST) {
                stepDown("the ZooKeeper session was lost");
            }
        });
    }

    /** Says where other controllers reach this one, once that is known: before {@link #run}. */
    public void advertise(String reachedAt) {
        url = reachedAt;
    }

    /** Leads or stands by until {@link #close}: one thread of the wiring's. */
    public void run() throws InterruptedException {
        while (!closed) {
            try {
                if (lead == null) {
                    leadership.prepare();
                    Optional<Term> term = leadership.take(name, url);
                    if (term.isPresent()) {
                        begin(term.get());
                    }
                }
                Lead mine = lead;
                if (mine != null) {
                    startWhatIsStored(mine);
                    contacts.look(mine.store());
                }
                if (mine != null
                        && leadership
                                .current()
                                .filter(now -> now.controller().equals(name))
                                .isEmpty()) {
                    stepDown("the leader's node is gone");
                }
            } catch (CoordinationException e) {
                LOG.warn("ZooKeeper: {}", e.getMessage());
            }
            timing.pause(lead == null ? LOOK : LEADER_LOOK);
        }
        if (lead != null) { // taken while close ran
            stepDown("it is shutting down");
            resign();
        }
    }

    private synchronized void begin(Term term) {
        LOG.info("{} leads with term {}", name, term.number());
        Lead mine = new Lead(
                new LeaderStore(coordination, term), term, new ConcurrentHashMap<>(), ConcurrentHashMap.newKeySet());
        lead = mine;
        runBeside(() -> events.run(() -> lead == mine));
    }

    /**
     * Starts what is stored and does not run here: after taking the lead, and again at each look, so that a read that failed
     * once, or a submission whose answer was lost, leaves nothing standing still.
     */
    private void startWhatIsStored(Lead mine) throws CoordinationException {
        for (String migration : mine.store().children(ZnodePaths.migrations())) {
            startCoordinator(mine, new MigrationName(migration));
        }
        purges.resume(mine);
    }

    private synchronized void stepDown(String why) {
        Lead over = lead;
        lead = null;
        if (over != null) {
            LOG.warn("{} leads no more: {}", name, why);
            over.migrations().values().forEach(MigrationCoordinator::stop);
        }
    }

    private synchronized void startCoordinator(Lead mine, MigrationName migration) throws CoordinationException {
        if (lead != mine
                || mine.migrations().containsKey(migration)
                || mine.ended().contains(migration)) {
            return;
        }
        LeaderStore store = mine.store();
        Optional<LeaderStore.Stored<MigrationRecord>> record =
                store.read(ZnodePaths.migration(migration), MigrationRecord.class);
        Optional<LeaderStore.Stored<MigrationState>> state =
                store.read(ZnodePaths.state(migration), MigrationState.class);
        if (record.isEmpty() || state.isEmpty()) {
            return;
        }
        MigrationRecord plan = record.get().value();
        KeyspaceRecord keyspace = keyspaceOf(store, plan.plan().keyspace());
        // One that failed still gives its keyspace back.
        if (state.get().value().step().isEnd() && !migration.equals(keyspace.running())) {
            mine.ended().add(migration);
            return;
        }
        MigrationCoordinator coordinator = new MigrationCoordinator(
                wiring.open(plan, keyspace, store),
                state.get().value(),
                state.get().version(),
                workers,
                changed -> events.changed(migration),
                new GroupHandoffs.Listener() {
                    @Override
                    public void stageBegins(HandoffState handoff) {
                        LOG.info("{}: {} {}", migration, handoff.group(), handoff.stage());
                    }

                    @Override
                    public void writersWereHeld(Duration pause) {
                        figures.writersWereHeld(plan.plan().keyspace(), migration, pause);
                    }
                });
        mine.migrations().put(migration, coordinator);
        workers.execute(() -> runCoordinator(coordinator));
        workers.execute(coordinator.context().work()::recall); // a node for each table: the loop shall not wait
        runBeside(() -> coordinator.lookout().run(coordinator::goesOn));
        runBeside(() -> coordinator.targetWatch().run(coordinator::goesOn));
    }

    @FunctionalInterface
    private interface Loop {
        void run() throws InterruptedException;
    }

    private void runBeside(Loop loop) {
        workers.execute(() -> {
            try {
                loop.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static KeyspaceRecord keyspaceOf(LeaderStore store, KeyspaceName keyspace) throws CoordinationException {
        return store.read(ZnodePaths.keyspace(keyspace), KeyspaceRecord.class)
                .orElseThrow(() -> new IllegalStateException("no keyspace " + keyspace))
                .value();
    }

    private void runCoordinator(MigrationCoordinator coordinator) {
        try {
            coordinator.run();
        } catch (LeadershipLost e) {
            stepDown(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("{}: its loop ended, a bug", coordinator.name(), e);
            stepDown("the loop of " + coordinator.name()
                    + " failed"); // whoever leads next starts it from what is stored
        } finally {
            coordinator.context().close();
            LOG.info(
                    "{} is no longer run here: {}",
                    coordinator.name(),
                    coordinator.state().step());
        }
    }

    /** How a shard of a registered keyspace is reached now. */
    public static ShardEndpoint endpointOf(LeaderStore store, KeyspaceName keyspace, ShardName shard) {
        try {
            return MigrationWiring.endpoint(keyspaceOf(store, keyspace), shard);
        } catch (CoordinationException e) {
            throw new IllegalStateException("ZooKeeper does not say how " + shard + " is reached", e);
        }
    }

    private Lead requireLead() throws ProblemException {
        Lead mine = lead;
        if (mine == null) {
            throw new ProblemException(Problem.of(
                            ErrorCode.NO_LEADER, "This controller stands by; another one leads. Nothing has changed.")
                    .remedy("ask the leader, or try again in a few seconds"));
        }
        return mine;
    }

    @Override
    public Answer putKeyspace(Keyspace keyspace) throws ProblemException {
        return keyspaces.put(keyspace);
    }

    @Override
    public List<JsonNode> keyspaces() throws ProblemException {
        return keyspaces.list();
    }

    @Override
    public JsonNode keyspace(String keyspace) throws ProblemException {
        return keyspaces.get(keyspace);
    }

    @Override
    public List<JsonNode> agents(String keyspace) throws ProblemException {
        return keyspaces.agents(keyspace);
    }

    @Override
    public Answer submit(MigrationPlan plan, boolean dryRun) throws ProblemException {
        return migrations.submit(plan, dryRun);
    }

    @Override
    public List<JsonNode> migrations() throws ProblemException {
        return migrations.list();
    }

    @Override
    public JsonNode status(String migration) throws ProblemException {
        return migrations.status(migration);
    }

    @Override
    public JsonNode differences(String migration) throws ProblemException {
        return migrations.differences(migration);
    }

    @Override
    public JsonNode command(String migration, Command command) throws ProblemException {
        return migrations.command(migration, command);
    }

    @Override
    public void forget(String migration) throws ProblemException {
        migrations.forget(migration);
    }

    @Override
    public EventLog events(String migration) throws ProblemException {
        return migrations.events(migration);
    }

    @Override
    public boolean isReady() {
        return coordination.sessionState() == Coordination.SessionState.CONNECTED;
    }

    private Collection<PurgeFigures> purging() {
        return purges.figures();
    }

    @Override
    public MultiCollector figures() {
        return figures;
    }

    /** A standby need not wait for the session's end; writes of steps that still run here meet the next term. */
    private void resign() {
        try {
            leadership.giveBack(name);
        } catch (CoordinationException e) {
            LOG.warn("the lead ends with the session, not now: {}", e.getMessage());
        }
    }

    @Override
    public boolean leads() {
        return lead != null;
    }

    @Override
    public Optional<URI> leaderElsewhere() throws ProblemException {
        if (!isReady()) { // a read would wait for the connection
            throw new ProblemException(
                    Problem.of(ErrorCode.STORE_UNREACHABLE, "ZooKeeper is out of reach: who leads is unknown.")
                            .remedy("make ZooKeeper answer; controllers go on by themselves"));
        }
        try {
            return leadership
                    .current()
                    .filter(leader ->
                            !leader.controller().equals(name) && !leader.url().isEmpty())
                    .map(leader -> URI.create(leader.url()));
        } catch (CoordinationException e) {
            throw StoreProblems.of(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        purges.close();
        stepDown("it is shutting down");
        if (isReady()) {
            resign();
        }
        events.close();
        workers.shutdown();
        try {
            if (!workers.awaitTermination(10, TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            workers.shutdownNow();
        }
        coordination.close();
    }
}
