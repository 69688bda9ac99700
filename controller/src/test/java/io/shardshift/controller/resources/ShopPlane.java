package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A control plane in memory: keyspaces and migrations that do nothing. The migration {@code broken} throws. */
final class ShopPlane implements ControlPlane {
    static final String SECRET = "s3cret-of-the-store";

    private final Map<String, Keyspace> keyspaces = new ConcurrentHashMap<>();
    private final Map<String, EventLog> migrations = new ConcurrentHashMap<>();
    private volatile boolean ready = true;
    private volatile boolean leads = true;
    private volatile @Nullable URI leader;
    private volatile @Nullable Command newest;

    void ready(boolean now) {
        ready = now;
    }

    void lead() {
        leads = true;
    }

    /** Another controller leads, or nobody does. */
    void standBy(@Nullable URI elsewhere) {
        leader = elsewhere;
        leads = false;
    }

    @Nullable
    Command newestCommand() {
        return newest;
    }

    EventLog add(String migration) {
        return migrations.computeIfAbsent(migration, name -> new EventLog(3, 1));
    }

    @Override
    public Answer putKeyspace(Keyspace keyspace) {
        Keyspace before = keyspaces.putIfAbsent(keyspace.name().value(), keyspace);
        return new Answer(
                before == null ? 201 : 200, null, named(keyspace.name().value()));
    }

    @Override
    public List<JsonNode> keyspaces() {
        return keyspaces.keySet().stream().map(ShopPlane::named).toList();
    }

    @Override
    public JsonNode keyspace(String name) throws ProblemException {
        if (!keyspaces.containsKey(name)) {
            throw new ProblemException(Problem.of(ErrorCode.KEYSPACE_UNKNOWN, "Keyspace {} is not registered", name));
        }
        return named(name);
    }

    @Override
    public List<JsonNode> agents(String keyspace) throws ProblemException {
        return List.of(keyspace(keyspace));
    }

    @Override
    public Answer submit(MigrationPlan plan, boolean dryRun) throws ProblemException {
        String name = plan.name().value();
        if (dryRun) {
            return new Answer(200, null, Json.tree(Map.of("steps", List.of("copy"))));
        }
        if (migrations.containsKey(name)) {
            throw new ProblemException(Problem.of(ErrorCode.MIGRATION_NAME_TAKEN, "{} is another plan", name)
                    .because("it was posted before")
                    .remedy("choose another name"));
        }
        add(name);
        return new Answer(201, "/api/v1/migrations/" + name, named(name));
    }

    @Override
    public List<JsonNode> migrations() {
        return migrations.keySet().stream().map(ShopPlane::named).toList();
    }

    @Override
    public JsonNode status(String name) throws ProblemException {
        if (name.equals("broken")) {
            throw new IllegalStateException(SECRET);
        }
        events(name);
        return named(name);
    }

    @Override
    public JsonNode differences(String name) throws ProblemException {
        return status(name);
    }

    @Override
    public JsonNode command(String name, Command command) throws ProblemException {
        newest = command;
        return status(name);
    }

    @Override
    public void forget(String name) throws ProblemException {
        events(name).close();
        migrations.remove(name);
    }

    @Override
    public EventLog events(String name) throws ProblemException {
        EventLog log = migrations.get(name);
        if (log == null) {
            throw new ProblemException(Problem.of(ErrorCode.MIGRATION_UNKNOWN, "There is no migration {}", name));
        }
        return log;
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public boolean leads() {
        return leads;
    }

    @Override
    public Optional<URI> leaderElsewhere() {
        return Optional.ofNullable(leader);
    }

    @Override
    public MultiCollector figures() {
        return () -> MetricSnapshots.of();
    }

    private static JsonNode named(String name) {
        return Json.tree(Map.of("name", name));
    }
}
