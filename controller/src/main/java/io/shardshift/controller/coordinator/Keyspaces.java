package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.bookkeeping.BookkeepingSchema;
import io.shardshift.controller.resources.Answer;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.Operation;
import io.shardshift.plans.file.KeyspaceWriter;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The registered keyspaces: what the API asks and changes of them. Thread-safe. */
final class Keyspaces {
    private final Lead.Holder lead;
    private final Credentials credentials;
    private final AgentContacts contacts;

    Keyspaces(Lead.Holder lead, Credentials credentials, AgentContacts contacts) {
        this.lead = lead;
        this.credentials = credentials;
        this.contacts = contacts;
    }

    Answer put(Keyspace keyspace) throws ProblemException {
        LeaderStore store = lead.require().store();
        String node = ZnodePaths.keyspace(keyspace.name());
        try {
            Optional<LeaderStore.Stored<KeyspaceRecord>> present = store.read(node, KeyspaceRecord.class);
            if (present.isPresent()) {
                KeyspaceRecord known = present.get().value();
                if (known.keyspace().isExtendedBy(keyspace)) {
                    return addTables(store, present.get(), keyspace);
                }
                if (!known.keyspace().equals(keyspace)) {
                    throw new ProblemException(Problem.of(
                                    ErrorCode.KEYSPACE_DIFFERS,
                                    "Keyspace {} is registered otherwise. Nothing has changed.",
                                    keyspace.name())
                            .remedy("compare with `registered` in GET /api/v1/keyspaces/" + keyspace.name()
                                    + "; slots move by a migration"));
                }
                return new Answer(200, null, document(known));
            }
            SortedMap<ShardName, ShardEndpoint> shards = endpoints(keyspace.shards(), new TreeMap<>(), keyspace);
            KeyspaceRecord record = new KeyspaceRecord(keyspace, shards, null, null, List.of());
            for (ShardEndpoint shard : shards.values()) {
                prepare(shard);
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
            return new Answer(201, "/api/v1/keyspaces/" + keyspace.name(), document(record));
        } catch (CoordinationException | LeadershipLost e) {
            throw StoreProblems.of(e);
        }
    }

    /** Record and routes in one transaction, so that agents know a table as soon as the controller does. */
    private Answer addTables(LeaderStore store, LeaderStore.Stored<KeyspaceRecord> known, Keyspace keyspace)
            throws ProblemException, CoordinationException, LeadershipLost {
        requireIdle(known.value());
        KeyspaceRecord with = known.value().withKeyspace(keyspace);
        new RoutePublisher(store, keyspace.name())
                .publishKeyspace(
                        keyspace,
                        List.of(new Operation.Set(
                                ZnodePaths.keyspace(keyspace.name()), Json.write(with), known.version())));
        return new Answer(200, null, document(with));
    }

    /** Throws KEYSPACE_BUSY while a migration runs [31] or its rows are purged. */
    static void requireIdle(KeyspaceRecord keyspace) throws ProblemException {
        if (keyspace.running() != null) {
            throw new ProblemException(Problem.of(
                            ErrorCode.KEYSPACE_BUSY,
                            "Migration {} of keyspace {} is under way. Nothing has changed.", // [31]
                            keyspace.running(),
                            keyspace.keyspace().name())
                    .remedy("let it end, or roll it back"));
        }
        if (keyspace.purging() != null) {
            throw new ProblemException(Problem.of(
                            ErrorCode.KEYSPACE_BUSY,
                            "Rows that migration {} moved away are being purged in keyspace {}. Nothing has changed.",
                            keyspace.purging(),
                            keyspace.keyspace().name())
                    .remedy("wait until purge in that migration's status is DONE"));
        }
    }

    /** Endpoints with auto-increment offsets, assigned when a shard is first named and never reused. */
    static SortedMap<ShardName, ShardEndpoint> endpoints(
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

    void prepare(ShardEndpoint shard) throws ProblemException {
        try {
            Properties properties = JdbcShardSessions.properties(shard, credentials, MigrationWiring.PROGRAM);
            properties.setProperty("connectTimeout", "5000");
            properties.setProperty("socketTimeout", "20000");
            try (Connection connection = DriverManager.getConnection(shard.url(), properties)) {
                BookkeepingSchema.create(connection);
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

    List<JsonNode> list() throws ProblemException {
        List<JsonNode> documents = new ArrayList<>();
        LeaderStore store = lead.require().store();
        try {
            for (String keyspace : store.children(ZnodePaths.keyspaces())) {
                documents.add(get(keyspace));
            }
        } catch (CoordinationException e) {
            throw StoreProblems.of(e);
        }
        return documents;
    }

    JsonNode get(String keyspace) throws ProblemException {
        return document(stored(named(keyspace)).value());
    }

    private static KeyspaceName named(String name) throws ProblemException {
        try {
            return new KeyspaceName(name);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.of(ErrorCode.KEYSPACE_UNKNOWN, "No keyspace {}.", name), e);
        }
    }

    LeaderStore.Stored<KeyspaceRecord> stored(KeyspaceName keyspace) throws ProblemException {
        try {
            return lead.require()
                    .store()
                    .read(ZnodePaths.keyspace(keyspace), KeyspaceRecord.class)
                    .orElseThrow(() -> new ProblemException(
                            Problem.of(ErrorCode.KEYSPACE_UNKNOWN, "No keyspace {} is registered.", keyspace)
                                    .remedy("PUT /api/v1/keyspaces/" + keyspace + " first")));
        } catch (CoordinationException e) {
            throw StoreProblems.of(e);
        }
    }

    private JsonNode document(KeyspaceRecord record) throws ProblemException {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("keyspace", record.keyspace().name().value());
        document.put("slots", record.keyspace().slotMap().slots());
        try {
            RouteTable routes = lead.require()
                    .store()
                    .read(ZnodePaths.routes(record.keyspace().name()), RouteTable.class)
                    .map(LeaderStore.Stored::value)
                    .orElse(null);
            ObjectNode slotMap = document.putObject("slotMap");
            (routes == null ? record.keyspace().slotMap() : routes.slotMap())
                    .shards()
                    .forEach((shard, slots) -> slotMap.put(shard.value(), slots.toString()));
        } catch (CoordinationException e) {
            throw StoreProblems.of(e);
        }
        document.set("shardFunction", Json.tree(record.keyspace().shardFunction()));
        document.set("tables", Json.tree(record.keyspace().tables()));
        document.put("allTables", record.keyspace().allTables());
        ObjectNode shards = document.putObject("shards");
        record.shards()
                .forEach((shard, endpoint) -> shards.putObject(shard.value())
                        .put("url", endpoint.url())
                        .put("credentials", endpoint.credentials())
                        .put(
                                "autoIncrementOffset",
                                endpoint.autoIncrementOffset() == 0 ? null : endpoint.autoIncrementOffset()));
        document.put(
                "running", record.running() == null ? null : record.running().value());
        document.put(
                "purging", record.purging() == null ? null : record.purging().value());
        var migrations = document.putArray("migrations");
        record.migrations().forEach(migration -> migrations.add(migration.value()));
        document.set("registered", Json.tree(KeyspaceWriter.file(record.keyspace())));
        return document;
    }

    List<JsonNode> agents(String keyspace) throws ProblemException {
        KeyspaceName known = stored(named(keyspace)).value().keyspace().name();
        List<JsonNode> documents = new ArrayList<>();
        RoutePublisher routes = new RoutePublisher(lead.require().store(), known);
        try {
            for (AgentRecord agent : routes.agents()) {
                boolean inContact = routes.hasContact(agent.id());
                documents.add(document(agent, inContact, contacts.note(agent.id(), inContact)));
            }
        } catch (CoordinationException e) {
            throw StoreProblems.of(e);
        }
        return documents;
    }

    static ObjectNode document(AgentRecord agent, boolean inContact, @Nullable Instant lastContact) {
        ObjectNode document = (ObjectNode) Json.tree(agent);
        document.put("inContact", inContact);
        document.put("lastContact", lastContact == null ? null : lastContact.toString());
        return document;
    }
}
