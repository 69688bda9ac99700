package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.fence.GroupFences;
import io.shardshift.controller.fence.JdbcFenceChanger;
import io.shardshift.controller.migration.CommandRefused;
import io.shardshift.controller.migration.Event;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.migration.Step;
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
import io.shardshift.coordination.Operation;
import io.shardshift.plans.move.GroupPlanner;
import io.shardshift.plans.move.PlanCheck;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.ShardTables;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final long COMMAND_SECONDS = 20;
    private static final int KEPT_EVENTS = 500;

    /** Opens the change streams of one migration. */
    @FunctionalInterface
    public interface StreamsFactory {
        Streams open(MigrationRecord migration, Keyspace keyspace, JdbcShardSessions sessions, LeaderStore store);
    }

    /** What runs while this controller leads. */
    private record Lead(LeaderStore store, Term term, Map<MigrationName, MigrationCoordinator> migrations) {}

    private final Coordination coordination;
    private final Credentials credentials;
    private final StreamsFactory streamsFactory;
    private final ExecutorService workers;
    private final Timing timing;
    private final String name;
    private final String url;
    private final Map<MigrationName, EventLog> events = new ConcurrentHashMap<>();
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
        this.credentials = credentials;
        this.streamsFactory = streamsFactory;
        this.workers = workers;
        this.timing = timing;
        this.name = "controller-" + UUID.randomUUID().toString().substring(0, 8);
        this.url = url;
        coordination.onSession(state -> {
            if (state == Coordination.SessionState.LOST) {
                stepDown("the ZooKeeper session was lost");
            }
        });
    }

    /** Leads or stands by until {@link #close}: one thread of the wiring's. */
    public void run() throws InterruptedException {
        Leadership leadership = new Leadership(coordination);
        while (!closed) {
            try {
                if (lead == null) {
                    leadership.prepare();
                    Optional<Term> term = leadership.take(name, url);
                    if (term.isPresent()) {
                        begin(term.get());
                    }
                } else if (leadership
                        .current()
                        .filter(now -> now.controller().equals(name))
                        .isEmpty()) {
                    stepDown("the leader's node is gone");
                }
            } catch (CoordinationException e) {
                LOG.warn("ZooKeeper: {}", e.getMessage());
            }
            timing.pause(LOOK);
        }
    }

    private synchronized void begin(Term term) throws CoordinationException {
        LOG.info("{} leads with term {}", name, term.number());
        LeaderStore store = new LeaderStore(coordination, term);
        Lead mine = new Lead(store, term, new ConcurrentHashMap<>());
        lead = mine;
        for (String migration : store.children(ZnodePaths.migrations())) {
            startCoordinator(mine, new MigrationName(migration));
        }
    }

    private synchronized void stepDown(String why) {
        Lead over = lead;
        lead = null;
        if (over != null) {
            LOG.warn("{} leads no more: {}", name, why);
            over.migrations().values().forEach(MigrationCoordinator::stop);
        }
    }

    private void startCoordinator(Lead mine, MigrationName migration) throws CoordinationException {
        LeaderStore store = mine.store();
        Optional<LeaderStore.Stored<MigrationRecord>> record =
                store.read(ZnodePaths.migration(migration), MigrationRecord.class);
        Optional<LeaderStore.Stored<MigrationState>> state =
                store.read(ZnodePaths.state(migration), MigrationState.class);
        if (record.isEmpty() || state.isEmpty() || state.get().value().step().isEnd()) {
            return;
        }
        KeyspaceName keyspace = record.get().value().plan().keyspace();
        KeyspaceRecord known = store.read(ZnodePaths.keyspace(keyspace), KeyspaceRecord.class)
                .orElseThrow(() -> new IllegalStateException("no keyspace " + keyspace))
                .value();
        JdbcShardSessions sessions = sessions(known);
        MigrationRecord plan = record.get().value();
        RoutePublisher routes = new RoutePublisher(store, keyspace);
        Streams streams = streamsFactory.open(plan, known.keyspace(), sessions, store);
        MigrationContext context = new MigrationContext(
                plan,
                store,
                new GroupFences(
                        new JdbcFenceChanger(
                                (shard, deadline) -> fenceConnection(known, shard, deadline.leftMillisAtLeastOne()),
                                () -> store.term().number()),
                        store,
                        migration),
                routes,
                new AgentExpulsion(sessions, () -> known.shards().keySet(), routes::hasContact, timing),
                streams,
                new JdbcShardWork(plan, known.keyspace(), sessions, store, workers, timing),
                timing);
        EventLog log = eventLog(migration);
        MigrationCoordinator coordinator = new MigrationCoordinator(
                context,
                state.get().value(),
                state.get().version(),
                workers,
                changed -> appendStatus(log, migration),
                handoff -> LOG.info("{}: {} {}", migration, handoff.group(), handoff.stage()));
        mine.migrations().put(migration, coordinator);
        workers.execute(() -> runCoordinator(mine, coordinator, sessions));
    }

    private void appendStatus(EventLog log, MigrationName migration) {
        try {
            log.append(EventLog.STATUS, status(migration.value()));
        } catch (ProblemException e) {
            LOG.warn("no event of {} now: {}", migration, e.problem()); // whoever watches polls too
        }
    }

    private void runCoordinator(Lead mine, MigrationCoordinator coordinator, JdbcShardSessions sessions) {
        try {
            coordinator.run();
        } catch (LeadershipLost e) {
            stepDown(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            coordinator.context().streams().close();
            sessions.close();
            LOG.info(
                    "{} is no longer run here: {}",
                    coordinator.name(),
                    coordinator.state().step());
        }
    }

    private JdbcShardSessions sessions(KeyspaceRecord keyspace) {
        return new JdbcShardSessions(shard -> endpoint(keyspace, shard), credentials, timing, "shardshift-controller");
    }

    private static ShardEndpoint endpoint(KeyspaceRecord keyspace, ShardName shard) {
        ShardEndpoint endpoint = keyspace.shards().get(shard);
        if (endpoint == null) {
            throw new IllegalArgumentException(
                    "no shard " + shard + " in keyspace " + keyspace.keyspace().name());
        }
        return endpoint;
    }

    /** How a shard of a registered keyspace is reached now. */
    public static ShardEndpoint endpointOf(LeaderStore store, KeyspaceName keyspace, ShardName shard) {
        try {
            return endpoint(
                    store.read(ZnodePaths.keyspace(keyspace), KeyspaceRecord.class)
                            .orElseThrow(() -> new IllegalStateException("no keyspace " + keyspace))
                            .value(),
                    shard);
        } catch (CoordinationException e) {
            throw new IllegalStateException("ZooKeeper does not say how " + shard + " is reached", e);
        }
    }

    private Connection fenceConnection(KeyspaceRecord keyspace, ShardName shard, int millis) throws SQLException {
        ShardEndpoint endpoint = endpoint(keyspace, shard);
        Properties properties = JdbcShardSessions.properties(endpoint, credentials, "shardshift-controller");
        properties.setProperty("allowMultiQueries", "true");
        properties.setProperty("connectTimeout", Integer.toString(millis));
        properties.setProperty("socketTimeout", Integer.toString(millis));
        properties.setProperty("sessionVariables", "wait_timeout=2,innodb_lock_wait_timeout=1,time_zone='+00:00'");
        return DriverManager.getConnection(endpoint.url(), properties);
    }

    private EventLog eventLog(MigrationName migration) {
        return events.computeIfAbsent(
                migration, any -> new EventLog(KEPT_EVENTS, timing.now().toEpochMilli()));
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

    private static ProblemException problem(CoordinationException e) {
        return new ProblemException(
                Problem.of(ErrorCode.STORE_UNREACHABLE, "ZooKeeper: {}", String.valueOf(e.getMessage()))
                        .remedy("try again; status says what has changed"),
                e);
    }

    private static ProblemException problem(LeadershipLost e) {
        return new ProblemException(
                Problem.of(ErrorCode.NO_LEADER, "{}. Nothing has changed.", String.valueOf(e.getMessage())), e);
    }

    @Override
    public Answer putKeyspace(Keyspace keyspace) throws ProblemException {
        LeaderStore store = requireLead().store();
        String node = ZnodePaths.keyspace(keyspace.name());
        try {
            Optional<LeaderStore.Stored<KeyspaceRecord>> present = store.read(node, KeyspaceRecord.class);
            if (present.isPresent()) {
                if (!present.get().value().keyspace().equals(keyspace)) {
                    throw new ProblemException(Problem.of(
                                    ErrorCode.KEYSPACE_DIFFERS,
                                    "Keyspace {} is registered otherwise. Nothing has changed.",
                                    keyspace.name())
                            .remedy("compare with GET /api/v1/keyspaces/" + keyspace.name()
                                    + "; slots move by a migration"));
                }
                return new Answer(200, null, keyspaceDocument(present.get().value()));
            }
            SortedMap<ShardName, ShardEndpoint> shards = endpoints(keyspace.shards(), new TreeMap<>(), keyspace);
            KeyspaceRecord record = new KeyspaceRecord(keyspace, shards, null, List.of());
            for (ShardEndpoint shard : shards.values()) {
                prepareShard(shard);
            }
            store.ensure("/shardshift/config/routes");
            store.write(List.of(
                    new Operation.Create(node, Json.write(record)),
                    new Operation.Create(
                            ZnodePaths.routes(keyspace.name()),
                            Json.write(new RouteTable(
                                    new RoutesEpoch(1),
                                    keyspace,
                                    shards,
                                    keyspace.slotMap(),
                                    List.of(),
                                    null,
                                    true)))));
            return new Answer(201, "/api/v1/keyspaces/" + keyspace.name(), keyspaceDocument(record));
        } catch (CoordinationException e) {
            throw problem(e);
        } catch (LeadershipLost e) {
            throw problem(e);
        }
    }

    /** Endpoints with auto-increment offsets, assigned when a shard is first named and never reused. */
    private static SortedMap<ShardName, ShardEndpoint> endpoints(
            SortedMap<ShardName, ShardSpec> specs, SortedMap<ShardName, ShardEndpoint> known, Keyspace keyspace) {
        SortedMap<ShardName, ShardEndpoint> all = new TreeMap<>(known);
        int offset = known.values().stream()
                .mapToInt(ShardEndpoint::autoIncrementOffset)
                .max()
                .orElse(0);
        for (Map.Entry<ShardName, ShardSpec> spec : specs.entrySet()) {
            if (!all.containsKey(spec.getKey())) {
                int mine = keyspace.autoIncrementIncrement() == null ? 0 : ++offset;
                all.put(
                        spec.getKey(),
                        new ShardEndpoint(
                                spec.getKey(),
                                spec.getValue().url(),
                                spec.getValue().credentials(),
                                mine));
            }
        }
        return all;
    }

    private void prepareShard(ShardEndpoint shard) throws ProblemException {
        try {
            Properties properties = JdbcShardSessions.properties(shard, credentials, "shardshift-controller");
            properties.setProperty("connectTimeout", "5000");
            properties.setProperty("socketTimeout", "20000");
            try (Connection connection = DriverManager.getConnection(shard.url(), properties);
                    Statement statement = connection.createStatement()) {
                for (String sql : ShardTables.statements()) {
                    statement.execute(sql);
                }
            }
        } catch (SQLException | IllegalStateException e) {
            throw new ProblemException(
                    Problem.of(
                                    ErrorCode.SHARD_UNREACHABLE,
                                    "Shard {} cannot be prepared: {}. The keyspace is not registered.",
                                    shard.name(),
                                    String.valueOf(e.getMessage()))
                            .remedy("check its url, its credentials and the user's rights"),
                    e);
        }
    }

    @Override
    public List<JsonNode> keyspaces() throws ProblemException {
        List<JsonNode> documents = new ArrayList<>();
        LeaderStore store = requireLead().store();
        try {
            for (String keyspace : store.children(ZnodePaths.keyspaces())) {
                documents.add(keyspace(keyspace));
            }
        } catch (CoordinationException e) {
            throw problem(e);
        }
        return documents;
    }

    @Override
    public JsonNode keyspace(String keyspace) throws ProblemException {
        return keyspaceDocument(keyspaceRecord(keyspaceName(keyspace)).value());
    }

    private static KeyspaceName keyspaceName(String name) throws ProblemException {
        try {
            return new KeyspaceName(name);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.of(ErrorCode.KEYSPACE_UNKNOWN, "No keyspace {}.", name), e);
        }
    }

    private LeaderStore.Stored<KeyspaceRecord> keyspaceRecord(KeyspaceName keyspace) throws ProblemException {
        try {
            return requireLead()
                    .store()
                    .read(ZnodePaths.keyspace(keyspace), KeyspaceRecord.class)
                    .orElseThrow(() -> new ProblemException(
                            Problem.of(ErrorCode.KEYSPACE_UNKNOWN, "No keyspace {} is registered.", keyspace)
                                    .remedy("PUT /api/v1/keyspaces/" + keyspace + " first")));
        } catch (CoordinationException e) {
            throw problem(e);
        }
    }

    private JsonNode keyspaceDocument(KeyspaceRecord record) throws ProblemException {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("keyspace", record.keyspace().name().value());
        document.put("slots", record.keyspace().slotMap().slots());
        try {
            RouteTable routes = requireLead()
                    .store()
                    .read(ZnodePaths.routes(record.keyspace().name()), RouteTable.class)
                    .map(LeaderStore.Stored::value)
                    .orElse(null);
            ObjectNode slotMap = document.putObject("slotMap");
            (routes == null ? record.keyspace().slotMap() : routes.slotMap())
                    .shards()
                    .forEach((shard, slots) -> slotMap.put(shard.value(), slots.toString()));
        } catch (CoordinationException e) {
            throw problem(e);
        }
        ObjectNode shards = document.putObject("shards");
        record.shards()
                .forEach((shard, endpoint) -> shards.putObject(shard.value())
                        .put("url", endpoint.url())
                        .put("credentials", endpoint.credentials())
                        .put("autoIncrementOffset", endpoint.autoIncrementOffset()));
        document.put(
                "running", record.running() == null ? null : record.running().value());
        var migrations = document.putArray("migrations");
        record.migrations().forEach(migration -> migrations.add(migration.value()));
        return document;
    }

    @Override
    public List<JsonNode> agents(String keyspace) throws ProblemException {
        KeyspaceName known =
                keyspaceRecord(keyspaceName(keyspace)).value().keyspace().name();
        List<JsonNode> documents = new ArrayList<>();
        RoutePublisher routes = new RoutePublisher(requireLead().store(), known);
        try {
            for (AgentRecord agent : routes.agents()) {
                ObjectNode document = (ObjectNode) Json.tree(agent);
                document.put("inContact", routes.hasContact(agent.id()));
                documents.add(document);
            }
        } catch (CoordinationException e) {
            throw problem(e);
        }
        return documents;
    }

    @Override
    public synchronized Answer submit(MigrationPlan plan, boolean dryRun) throws ProblemException {
        Lead mine = requireLead();
        LeaderStore store = mine.store();
        try {
            String node = ZnodePaths.migration(plan.name());
            Optional<LeaderStore.Stored<MigrationRecord>> present = store.read(node, MigrationRecord.class);
            if (present.isPresent() && !dryRun) {
                return again(plan, present.get().value());
            }
            LeaderStore.Stored<KeyspaceRecord> keyspace = keyspaceRecord(plan.keyspace());
            RouteTable routes = new RoutePublisher(store, plan.keyspace()).current();
            List<FieldError> errors = PlanCheck.against(
                    keyspace.value().keyspace(),
                    routes.slotMap(),
                    keyspace.value().shards(),
                    plan);
            if (!errors.isEmpty()) {
                throw new ProblemException(
                        Problem.of(ErrorCode.BAD_PLAN, "The plan does not fit the keyspace. Nothing has changed.")
                                .withErrors(errors));
            }
            if (keyspace.value().running() != null) {
                throw new ProblemException(Problem.of(
                                ErrorCode.KEYSPACE_BUSY,
                                "Migration {} of keyspace {} is under way. Nothing has changed.", // [31]
                                keyspace.value().running(),
                                plan.keyspace())
                        .remedy("let it end, or roll it back"));
            }
            MigrationId id = new MigrationId(
                    plan.name() + "-" + UUID.randomUUID().toString().substring(0, 8));
            List<Group> groups = GroupPlanner.groups(id, routes.slotMap(), plan);
            MigrationRecord record =
                    new MigrationRecord(1, id, plan, groups, routes.slotMap(), digest(plan), timing.now());
            SortedMap<ShardName, ShardEndpoint> shards = endpoints(
                    plan.shards(), keyspace.value().shards(), keyspace.value().keyspace());
            KeyspaceRecord with = new KeyspaceRecord(
                    keyspace.value().keyspace(),
                    shards,
                    plan.name(),
                    with(keyspace.value().migrations(), plan.name()));
            if (dryRun) {
                return new Answer(200, null, dryRun(record, with));
            }
            for (ShardEndpoint shard : shards.values()) {
                prepareShard(shard);
            }
            MigrationState state =
                    MigrationState.initial(plan.gates(), plan.groups().first() > 0, timing.now());
            new RoutePublisher(store, plan.keyspace()).addShards(shards);
            store.write(List.of(
                    new Operation.Create(node, Json.write(record)),
                    new Operation.Create(ZnodePaths.state(plan.name()), Json.write(state)),
                    new Operation.Set(ZnodePaths.keyspace(plan.keyspace()), Json.write(with), keyspace.version())));
            startCoordinator(mine, plan.name());
            return new Answer(
                    201, "/api/v1/migrations/" + plan.name(), status(plan.name().value()));
        } catch (CoordinationException e) {
            throw problem(e);
        } catch (LeadershipLost e) {
            throw problem(e);
        }
    }

    private static List<MigrationName> with(List<MigrationName> migrations, MigrationName one) {
        List<MigrationName> all = new ArrayList<>(migrations);
        all.add(one);
        return all;
    }

    private Answer again(MigrationPlan plan, MigrationRecord present) throws ProblemException {
        if (!present.planDigest().equals(digest(plan))) {
            throw new ProblemException(Problem.of(
                            ErrorCode.MIGRATION_NAME_TAKEN,
                            "Another plan has the name {}. Nothing has changed.",
                            plan.name())
                    .remedy("choose another name"));
        }
        JsonNode status = status(plan.name().value());
        if (List.of("COMPLETED", "ROLLED_BACK", "FAILED")
                .contains(status.path("state").asText())) {
            throw new ProblemException(
                    Problem.of(ErrorCode.MIGRATION_ENDED, "Migration {} has ended. Nothing has changed.", plan.name())
                            .remedy("submit it under another name"));
        }
        return new Answer(200, null, status);
    }

    private static String digest(MigrationPlan plan) {
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        byte[] json = Json.write(plan);
        crc.update(json);
        return Long.toHexString(crc.getValue()) + "-" + json.length;
    }

    private JsonNode dryRun(MigrationRecord record, KeyspaceRecord keyspace) throws ProblemException {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        var preflight = answer.putArray("preflight");
        try (JdbcShardSessions sessions = sessions(keyspace)) {
            for (Finding finding : new JdbcShardWork(
                            record, keyspace.keyspace(), sessions, requireLead().store(), workers, timing)
                    .preflight()) {
                preflight.add(Json.tree(finding));
            }
        }
        var steps = answer.putArray("steps");
        for (Step step : Step.values()) {
            if (!step.isEnd() && !step.isRollback()) {
                steps.add(step.name());
            }
        }
        var groups = answer.putArray("groups");
        record.groups()
                .forEach(group -> groups.addObject()
                        .put("group", group.id().number())
                        .put("slots", group.slots().toString())
                        .put("source", group.source().value())
                        .put("target", group.target().value()));
        return answer;
    }

    @Override
    public List<JsonNode> migrations() throws ProblemException {
        List<JsonNode> documents = new ArrayList<>();
        try {
            for (String migration : requireLead().store().children(ZnodePaths.migrations())) {
                documents.add(status(migration));
            }
        } catch (CoordinationException e) {
            throw problem(e);
        }
        return documents;
    }

    private static MigrationName migrationName(String name) throws ProblemException {
        try {
            return new MigrationName(name);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(unknownMigration(name), e);
        }
    }

    private static Problem unknownMigration(String name) {
        return Problem.of(ErrorCode.MIGRATION_UNKNOWN, "No migration {}.", name)
                .remedy("GET /api/v1/migrations lists them");
    }

    @Override
    public JsonNode status(String migration) throws ProblemException {
        Lead mine = requireLead();
        MigrationName named = migrationName(migration);
        try {
            MigrationRecord record = mine.store()
                    .read(ZnodePaths.migration(named), MigrationRecord.class)
                    .orElseThrow(() -> new ProblemException(unknownMigration(migration)))
                    .value();
            MigrationCoordinator coordinator = mine.migrations().get(named);
            MigrationState state = coordinator != null
                    ? coordinator.state()
                    : mine.store()
                            .read(ZnodePaths.state(named), MigrationState.class)
                            .orElseThrow(() -> new ProblemException(unknownMigration(migration)))
                            .value();
            RoutePublisher routes =
                    new RoutePublisher(mine.store(), record.plan().keyspace());
            return StatusDocument.of(record, state, routes.current().epoch(), routes.agents(), coordinator);
        } catch (CoordinationException e) {
            throw problem(e);
        }
    }

    @Override
    public JsonNode differences(String migration) throws ProblemException {
        MigrationCoordinator coordinator = requireLead().migrations().get(migrationName(migration));
        status(migration); // 404 where there is none
        return coordinator == null
                ? JsonNodeFactory.instance.arrayNode()
                : coordinator.context().work().differences();
    }

    @Override
    public JsonNode command(String migration, Command command) throws ProblemException {
        Lead mine = requireLead();
        JsonNode before = status(migration);
        MigrationCoordinator coordinator = mine.migrations().get(migrationName(migration));
        Event event = switch (command) {
            case ADVANCE -> new Event.Advanced(false, timing.now());
            case COMPLETE -> new Event.Advanced(true, timing.now());
            case PAUSE -> new Event.Paused(timing.now());
            case RESUME -> new Event.Resumed(timing.now());
            case ROLLBACK -> new Event.RollbackAsked(timing.now());
            case PURGE ->
                throw new ProblemException(Problem.of(
                        ErrorCode.NOTHING_TO_PURGE, "purge is not available in this version. Nothing has changed."));
        };
        if (coordinator == null || coordinator.state().step().isEnd()) {
            return endedAnswer(before, command);
        }
        try {
            coordinator.submit(event).get(COMMAND_SECONDS, TimeUnit.SECONDS);
            return status(migration);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CommandRefused refused) {
                throw new ProblemException(refused.problem(), e);
            }
            if (e.getCause() instanceof ProblemException problem) {
                throw problem;
            }
            throw new ProblemException(
                    Problem.of(
                            ErrorCode.STORE_UNREACHABLE,
                            "The command was not stored: {}",
                            String.valueOf(e.getCause())),
                    e);
        } catch (TimeoutException e) {
            throw new ProblemException(
                    Problem.of(
                                    ErrorCode.STORE_UNREACHABLE,
                                    "{} was not taken within {} s; it may still be.",
                                    command,
                                    COMMAND_SECONDS)
                            .remedy("look at status"),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(Problem.of(ErrorCode.NO_LEADER, "The controller is shutting down."), e);
        }
    }

    /** Repeating a command that has taken effect is 200, any other is refused. */
    private static JsonNode endedAnswer(JsonNode status, Command command) throws ProblemException {
        String state = status.path("state").asText();
        boolean tookEffect = (command == Command.ROLLBACK && state.equals("ROLLED_BACK"))
                || (command == Command.COMPLETE && state.equals("COMPLETED"));
        if (tookEffect) {
            return status;
        }
        if (command == Command.ROLLBACK) {
            throw new ProblemException(
                    Problem.of(ErrorCode.ROLLBACK_IMPOSSIBLE, "The migration is {}. Nothing has changed.", state)
                            .remedy("to move the slots back submit a plan whose slotMap names the old shards"));
        }
        throw new ProblemException(
                command == Command.ADVANCE || command == Command.COMPLETE
                        ? Problem.of(ErrorCode.NOTHING_TO_ADVANCE, "The migration is {}. Nothing has changed.", state)
                        : Problem.of(ErrorCode.MIGRATION_ENDED, "The migration is {}. Nothing has changed.", state));
    }

    @Override
    public void forget(String migration) throws ProblemException {
        Lead mine = requireLead();
        JsonNode status = status(migration);
        MigrationName named = migrationName(migration);
        if (!List.of("COMPLETED", "ROLLED_BACK", "FAILED")
                .contains(status.path("state").asText())) {
            throw new ProblemException(Problem.of(
                            ErrorCode.MIGRATION_RUNNING, "Migration {} has not ended. Nothing has changed.", migration)
                    .remedy("let it end, or roll it back"));
        }
        try {
            deleteTree(mine.store(), ZnodePaths.migration(named));
            mine.migrations().remove(named);
            EventLog log = events.remove(named);
            if (log != null) {
                log.close();
            }
        } catch (CoordinationException e) {
            throw problem(e);
        } catch (LeadershipLost e) {
            throw problem(e);
        }
    }

    private static void deleteTree(LeaderStore store, String path) throws CoordinationException, LeadershipLost {
        for (String child : store.children(path)) {
            deleteTree(store, path + "/" + child);
        }
        store.delete(path);
    }

    @Override
    public EventLog events(String migration) throws ProblemException {
        status(migration); // 404 where there is none
        return eventLog(migrationName(migration));
    }

    @Override
    public boolean isReady() {
        return coordination.sessionState() == Coordination.SessionState.CONNECTED;
    }

    /** Whether this controller leads. */
    public boolean leads() {
        return lead != null;
    }

    @Override
    public void close() {
        closed = true;
        stepDown("it is shutting down");
        events.values().forEach(EventLog::close);
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
