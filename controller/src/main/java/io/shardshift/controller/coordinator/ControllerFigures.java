package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.shardshift.api.metrics.MetricNames;
import io.shardshift.api.migration.State;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.coordination.CoordinationException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the metrics say of this controller. All but durations is read at each scrape from what status reads, so that both
 * say the same; durations are observed as they end. A migration that has ended, or is no longer run here, has no series. Thread-safe.
 */
final class ControllerFigures implements MultiCollector {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerFigures.class);

    private final Supplier<@Nullable Lead> lead;
    private final Supplier<Collection<PurgeFigures>> purges;
    private final BooleanSupplier storeInReach;
    private final Histogram pauses =
            seconds(MetricNames.HANDOFF_PAUSE, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1, 2, 5, 10);
    private final Histogram fenceChanges =
            seconds(MetricNames.FENCE_CHANGE, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15);

    ControllerFigures(
            Supplier<@Nullable Lead> lead, Supplier<Collection<PurgeFigures>> purges, BooleanSupplier storeInReach) {
        this.lead = lead;
        this.purges = purges;
        this.storeInReach = storeInReach;
    }

    private static Histogram seconds(MetricNames name, double... bounds) {
        return Histogram.builder()
                .name(name.metric())
                .help(name.help())
                .labelNames(name.labels().toArray(String[]::new))
                .classicOnly()
                .classicUpperBounds(bounds)
                .build();
    }

    /** The same figure that status shows the longest of. */
    void writersWereHeld(KeyspaceName keyspace, MigrationName migration, Duration pause) {
        pauses.labelValues(keyspace.value(), migration.value()).observe(pause.toNanos() / 1e9);
    }

    void fenceChanged(KeyspaceName keyspace, MigrationName migration, ShardName shard, long nanos) {
        fenceChanges
                .labelValues(keyspace.value(), migration.value(), shard.value())
                .observe(nanos / 1e9);
    }

    private void forgetAllBut(List<MigrationCoordinator> running) {
        Set<String> names =
                running.stream().map(coordinator -> coordinator.name().value()).collect(Collectors.toSet());
        pauses.removeIf(labels -> !names.contains(labels.get(1)));
        fenceChanges.removeIf(labels -> !names.contains(labels.get(1)));
    }

    @Override
    public MetricSnapshots collect() {
        Samples samples = new Samples();
        Lead mine = lead.get();
        samples.add(MetricNames.LEADER, mine == null ? 0 : 1);
        List<MigrationCoordinator> running = mine == null
                ? List.of()
                : mine.migrations().values().stream()
                        .filter(coordinator -> !coordinator.state().shown().hasEnded())
                        .toList();
        forgetAllBut(running);
        samples.addHistogram(pauses.collect());
        samples.addHistogram(fenceChanges.collect());
        running.forEach(coordinator -> migration(samples, coordinator));
        purges.get().forEach(purge -> {
            String[] labels = {purge.keyspace().value(), purge.migration().value()};
            samples.add(MetricNames.PURGE_ROWS, purge.rows(), labels);
            samples.add(MetricNames.PURGE_LEFT, purge.rowsLeft(), labels);
            samples.add(MetricNames.PURGE_ETA, purge.etaSeconds(), labels);
        });
        if (mine != null && storeInReach.getAsBoolean()) { // else a scrape would wait for the connection
            agents(samples, mine.store());
        }
        return samples.snapshots();
    }

    private static void migration(Samples samples, MigrationCoordinator coordinator) {
        MigrationState state = coordinator.state();
        String keyspace = coordinator.context().migration().plan().keyspace().value();
        String name = coordinator.name().value();
        samples.add(
                MetricNames.MIGRATION_PHASE,
                1,
                keyspace,
                name,
                state.phase().name(),
                state.shown().name());
        samples.add(MetricNames.MIGRATION_BLOCKED, state.shown() == State.BLOCKED ? 1 : 0, keyspace, name);
        ShardWork work = coordinator.context().work();
        each(
                work.copyStatus(),
                "tables",
                (table, figures) -> samples.add(MetricNames.COPY_ROWS, number(figures, "rows"), keyspace, name, table));
        JsonNode verification = work.verificationStatus();
        if (verification != null) {
            samples.add(MetricNames.VERIFY_ROWS, number(verification, "rowsCompared"), keyspace, name);
            samples.add(MetricNames.VERIFY_DIFFERENCES, number(verification, "differences"), keyspace, name);
            samples.add(MetricNames.VERIFY_REPAIRED, number(verification, "repaired"), keyspace, name);
        }
        JsonNode open = work.throttleStatus().path("open");
        samples.add(MetricNames.THROTTLE_OPEN, open.isBoolean() ? open.booleanValue() ? 1 : 0 : null, keyspace, name);
        each(coordinator.context().streams().status(), null, (shard, figures) -> {
            Double lagMillis = number(figures, "lagMillis");
            samples.add(MetricNames.STREAM_LAG, lagMillis == null ? null : lagMillis / 1000, keyspace, name, shard);
            samples.add(MetricNames.STREAM_EVENTS, number(figures, "events"), keyspace, name, shard);
            samples.add(MetricNames.MIRROR_REPAIRED, number(figures, "repaired"), keyspace, name, shard);
            samples.add(MetricNames.FOREIGN_WRITES, number(figures, "foreignWrites"), keyspace, name, shard);
        });
    }

    @FunctionalInterface
    private interface Each {
        void see(String name, JsonNode figures);
    }

    private static void each(@Nullable JsonNode document, @Nullable String field, Each each) {
        if (document != null) {
            (field == null ? document : document.path(field))
                    .properties()
                    .forEach(entry -> each.see(entry.getKey(), entry.getValue()));
        }
    }

    private static @Nullable Double number(JsonNode figures, String field) {
        JsonNode value = figures.path(field);
        return value.isNumber() ? value.doubleValue() : null;
    }

    private static void agents(Samples samples, LeaderStore store) {
        try {
            for (String name : store.children(ZnodePaths.keyspaces())) {
                RoutePublisher routes = new RoutePublisher(store, new KeyspaceName(name));
                RoutesEpoch epoch = routes.current().epoch();
                List<AgentRecord> agents = routes.agents();
                samples.add(MetricNames.AGENTS_REGISTERED, agents.size(), name);
                samples.add(
                        MetricNames.AGENTS_ACKNOWLEDGED,
                        agents.stream()
                                .filter(agent -> !RoutePublisher.isBehind(agent, epoch))
                                .count(),
                        name);
            }
        } catch (CoordinationException e) {
            LOG.debug("no figures of agents in this scrape", e); // unknown is no sample
        }
    }
}
