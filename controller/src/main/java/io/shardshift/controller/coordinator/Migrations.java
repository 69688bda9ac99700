package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.check.Check;
import io.shardshift.controller.check.CheckContext;
import io.shardshift.controller.check.Checks;
import io.shardshift.controller.migration.CommandRefused;
import io.shardshift.controller.migration.Event;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.migration.MigrationStateMachine;
import io.shardshift.controller.resources.Answer;
import io.shardshift.controller.resources.Command;
import io.shardshift.controller.resources.EventLog;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.Operation;
import io.shardshift.plans.move.GroupPlanner;
import io.shardshift.plans.move.PlanCheck;
import io.shardshift.plans.move.Shape;
import io.shardshift.shard.JdbcShardSessions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32C;

/** The migrations: what the API asks of them and tells them. Thread-safe. */
final class Migrations {
    private static final long COMMAND_SECONDS = 20;

    /** Runs a migration from what is stored of it. */
    @FunctionalInterface
    interface Starter {
        void start(Lead lead, MigrationName migration) throws CoordinationException;
    }

    private final Lead.Holder lead;
    private final Keyspaces keyspaces;
    private final MigrationWiring wiring;
    private final Starter starter;
    private final Purges purges;
    private final EventLogs events;
    private final EndedFigures ended = new EndedFigures();
    private final Timing timing;

    Migrations(
            Lead.Holder lead,
            Keyspaces keyspaces,
            MigrationWiring wiring,
            Starter starter,
            Purges purges,
            EventLogs events,
            Timing timing) {
        this.lead = lead;
        this.keyspaces = keyspaces;
        this.wiring = wiring;
        this.starter = starter;
        this.purges = purges;
        this.events = events;
        this.timing = timing;
    }

    synchronized Answer submit(MigrationPlan plan, boolean dryRun) throws ProblemException {
        Lead mine = lead.require();
        LeaderStore store = mine.store();
        try {
            String node = ZnodePaths.migration(plan.name());
            Optional<LeaderStore.Stored<MigrationRecord>> present = store.read(node, MigrationRecord.class);
            if (present.isPresent() && !dryRun) {
                Forgetting.requireNotHalfForgotten(store, plan.name());
                return again(plan, present.get().value());
            }
            LeaderStore.Stored<KeyspaceRecord> keyspace = keyspaces.stored(plan.keyspace());
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
            Keyspaces.requireIdle(keyspace.value());
            MigrationId id = new MigrationId(
                    plan.name() + "-" + UUID.randomUUID().toString().substring(0, 8));
            List<Group> groups = GroupPlanner.groups(id, routes.slotMap(), plan);
            MigrationRecord record =
                    new MigrationRecord(1, id, plan, groups, routes.slotMap(), digest(plan), timing.now());
            SortedMap<ShardName, ShardEndpoint> shards = Keyspaces.endpoints(
                    plan.shards(), keyspace.value().shards(), keyspace.value().keyspace());
            KeyspaceRecord with = new KeyspaceRecord(
                    keyspace.value().keyspace(),
                    shards,
                    plan.name(),
                    null,
                    with(keyspace.value().migrations(), plan.name()));
            if (dryRun) {
                return new Answer(200, null, dryRun(record, with));
            }
            for (ShardEndpoint shard : shards.values()) {
                keyspaces.prepare(shard);
            }
            MigrationState state =
                    MigrationState.initial(plan.gates(), plan.groups().first() > 0, timing.now());
            new RoutePublisher(store, plan.keyspace()).addShards(shards);
            store.write(List.of(
                    new Operation.Create(node, Json.write(record)),
                    new Operation.Create(ZnodePaths.state(plan.name()), Json.write(state)),
                    new Operation.Set(ZnodePaths.keyspace(plan.keyspace()), Json.write(with), keyspace.version())));
            starter.start(mine, plan.name());
            return new Answer(
                    201, "/api/v1/migrations/" + plan.name(), status(plan.name().value()));
        } catch (CoordinationException | LeadershipLost e) {
            throw StoreProblems.of(e);
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
                    .remedy("choose another name, or once it has ended: shardshift forget {}", plan.name()));
        }
        JsonNode status = status(plan.name().value());
        if (List.of("COMPLETED", "ROLLED_BACK", "FAILED")
                .contains(status.path("state").asText())) {
            throw new ProblemException(
                    Problem.of(ErrorCode.MIGRATION_ENDED, "Migration {} has ended. Nothing has changed.", plan.name())
                            .remedy("submit it under another name, or first: shardshift forget {}", plan.name()));
        }
        return new Answer(200, null, status);
    }

    private static String digest(MigrationPlan plan) {
        CRC32C crc = new CRC32C();
        byte[] json = Json.write(plan);
        crc.update(json);
        return Long.toHexString(crc.getValue()) + "-" + json.length;
    }

    private JsonNode dryRun(MigrationRecord record, KeyspaceRecord keyspace) throws ProblemException {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        var preflight = answer.putArray("preflight");
        try (JdbcShardSessions sessions = wiring.sessions(keyspace);
                CheckContext context = CheckContext.open(
                        keyspace.keyspace(), record.plan(), record.groups(), sessions, timing, Check.Scope.PREFLIGHT)) {
            Checks.run(context).forEach(finding -> preflight.add(Json.tree(finding)));
        }
        var steps = answer.putArray("steps");
        MigrationStateMachine.wayForward().forEach(step -> steps.add(step.name()));
        answer.put(
                "shape", Shape.of(record.from(), record.plan().slotMap()).kind().name());
        var groups = answer.putArray("groups");
        record.groups()
                .forEach(group -> groups.addObject()
                        .put("group", group.id().number())
                        .put("slots", group.slots().toString())
                        .put("source", group.source().value())
                        .put("target", group.target().value()));
        return answer;
    }

    List<JsonNode> list() throws ProblemException {
        List<JsonNode> documents = new ArrayList<>();
        try {
            for (String migration : lead.require().store().children(ZnodePaths.migrations())) {
                addUnlessUnknown(documents, migration);
            }
        } catch (CoordinationException e) {
            throw StoreProblems.of(e);
        }
        return documents;
    }

    private void addUnlessUnknown(List<JsonNode> documents, String migration) throws ProblemException {
        try {
            documents.add(status(migration));
        } catch (ProblemException e) { // forgotten since it was listed, or half forgotten
            if (e.problem().code() != ErrorCode.MIGRATION_UNKNOWN) {
                throw e;
            }
        }
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

    JsonNode status(String migration) throws ProblemException {
        Lead mine = lead.require();
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
            ObjectNode status = StatusDocument.of(
                    record,
                    state,
                    routes.current().epoch(),
                    routes.agents(),
                    coordinator,
                    coordinator == null && state.step().isEnd()
                            ? ended.figures(mine.store(), record)
                            : StoredFigures.NONE);
            status.set("purge", purges.document(mine, named));
            return status;
        } catch (CoordinationException e) {
            throw StoreProblems.of(e);
        }
    }

    JsonNode differences(String migration) throws ProblemException {
        MigrationCoordinator coordinator = lead.require().migrations().get(migrationName(migration));
        status(migration); // 404 where there is none
        return coordinator == null
                ? JsonNodeFactory.instance.arrayNode()
                : coordinator.context().work().differences();
    }

    JsonNode command(String migration, Command command) throws ProblemException {
        Lead mine = lead.require();
        JsonNode before = status(migration);
        MigrationCoordinator coordinator = mine.migrations().get(migrationName(migration));
        if (command == Command.PURGE) {
            purges.begin(mine, migrationName(migration));
            return status(migration);
        }
        Event event = switch (command) {
            case ADVANCE -> new Event.Advanced(false, timing.now());
            case COMPLETE -> new Event.Advanced(true, timing.now());
            case PAUSE -> new Event.Paused(timing.now());
            case RESUME -> new Event.Resumed(timing.now());
            case ROLLBACK -> new Event.RollbackAsked(timing.now());
            case PURGE -> throw new IllegalStateException("not an event");
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
            throw new ProblemException(
                    Problem.of(
                                    ErrorCode.OUTCOME_UNKNOWN,
                                    "The controller is shutting down; {} may have been taken.",
                                    command)
                            .remedy("look at status at the next leader"),
                    e);
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
        if (command == Command.ROLLBACK && state.equals("COMPLETED")) {
            throw new ProblemException(
                    Problem.of(ErrorCode.ROLLBACK_IMPOSSIBLE, "The migration is {}. Nothing has changed.", state)
                            .remedy("to move the slots back submit a plan whose slotMap names the old shards"));
        }
        throw new ProblemException(
                command == Command.ROLLBACK
                        ? Problem.of(
                                        ErrorCode.ROLLBACK_IMPOSSIBLE,
                                        "The migration is {}: no row has moved, there is nothing to roll back.",
                                        state)
                                .remedy("none needed")
                        : command == Command.ADVANCE || command == Command.COMPLETE
                                ? Problem.of(
                                                ErrorCode.NOTHING_TO_ADVANCE,
                                                "The migration is {}. Nothing has changed.",
                                                state)
                                        .remedy("none needed: it has ended, no gate is left")
                                : Problem.of(
                                                ErrorCode.MIGRATION_ENDED,
                                                "The migration is {}. Nothing has changed.",
                                                state)
                                        .remedy(
                                                "nothing is left to {}; to move slots again submit another plan",
                                                command.name().toLowerCase(Locale.ROOT)));
    }

    synchronized void forget(String migration) throws ProblemException {
        Lead mine = lead.require();
        MigrationName named = migrationName(migration);
        try {
            MigrationRecord record = mine.store()
                    .read(ZnodePaths.migration(named), MigrationRecord.class)
                    .orElseThrow(() -> new ProblemException(unknownMigration(migration)))
                    .value();
            if (!Forgetting.isHalfForgotten(mine.store(), named)) {
                Forgetting.requireForgettable(migration, status(migration));
            }
            Forgetting.forget(mine.store(), record);
            mine.migrations().remove(named);
            mine.ended().remove(named);
            ended.forget(named);
            events.forget(named);
        } catch (CoordinationException | LeadershipLost e) {
            throw StoreProblems.of(e);
        }
    }

    EventLog events(String migration) throws ProblemException {
        return events.of(migrationName(migration)); // 404 where there is none
    }
}
