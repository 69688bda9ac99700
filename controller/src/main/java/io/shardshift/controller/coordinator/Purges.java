package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.migration.Step;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the rows that an ended migration left on the shards that by today's slot map do not own them: the sources of one
 * that completed, the targets of one that was rolled back. Explicit, throttled, without a stream [38].
 *
 * <p>While it runs the keyspace says so, and no migration of it begins: only then is a fence that a later migration CLOSED
 * made VACANT again. Each batch finds the fence VACANT with the step that this leader knows, so a batch that comes late
 * deletes nothing [37]. A new leader begins again from the first key, which is harmless. Thread-safe.
 */
final class Purges {
    private static final Logger LOG = LoggerFactory.getLogger(Purges.class);
    private static final Duration FENCE = Duration.ofSeconds(15);

    /** How a purge stands. */
    enum State {
        RUNNING,
        DONE,
        /** Ended without being done: the command begins it again. */
        FAILED
    }

    /** As stored. {@code rows} counts those removed by the run that ended. */
    record Record(
            int version,
            State state,
            @Nullable Long rows,
            @Nullable Problem problem,
            Instant since) {
        static final int VERSION = 1;

        @JsonIgnore
        boolean isRunning() {
            return state == State.RUNNING;
        }
    }

    private final MigrationWiring wiring;
    private final Executor workers;
    private final Timing timing;
    private final Map<MigrationName, PurgeFigures> running = new ConcurrentHashMap<>();
    private volatile boolean closed;

    Purges(MigrationWiring wiring, Executor workers, Timing timing) {
        this.wiring = wiring;
        this.workers = workers;
        this.timing = timing;
    }

    private static String node(MigrationName migration) {
        return ZnodePaths.migration(migration) + "/purge";
    }

    /** {@code purge} of the status document; null when none was asked for. */
    @Nullable
    JsonNode document(Lead lead, MigrationName migration) throws CoordinationException {
        Optional<LeaderStore.Stored<Record>> stored = lead.store().read(node(migration), Record.class);
        if (stored.isEmpty()) {
            return null;
        }
        Record record = stored.get().value();
        PurgeFigures figures = record.isRunning() ? running.get(migration) : null;
        Problem problem = record.problem();
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("state", record.state().name());
        document.put("since", record.since().toString());
        document.put("rows", figures != null ? Long.valueOf(figures.rows()) : record.rows());
        document.put(
                "rowsTotal",
                figures != null ? figures.rowsTotal() : record.state() == State.DONE ? record.rows() : null);
        document.put("etaSeconds", figures != null ? figures.etaSeconds() : null);
        document.set("problem", problem == null ? null : Json.tree(problem));
        return document;
    }

    /** Of those that run here. */
    Collection<PurgeFigures> figures() {
        return List.copyOf(running.values());
    }

    /** Begins the purge of an ended migration; one that is under way or done stays as it is. */
    synchronized void begin(Lead lead, MigrationName migration) throws ProblemException {
        LeaderStore store = lead.store();
        try {
            MigrationRecord record = required(store, ZnodePaths.migration(migration), MigrationRecord.class);
            MigrationState state = required(store, ZnodePaths.state(migration), MigrationState.class);
            requireEnded(migration, state);
            Optional<LeaderStore.Stored<Record>> before = store.read(node(migration), Record.class);
            if (before.isPresent() && before.get().value().state() != State.FAILED) {
                return;
            }
            String node = ZnodePaths.keyspace(record.plan().keyspace());
            LeaderStore.Stored<KeyspaceRecord> keyspace =
                    store.read(node, KeyspaceRecord.class).orElseThrow();
            Keyspaces.requireIdle(keyspace.value());
            byte[] begun = Json.write(new Record(Record.VERSION, State.RUNNING, null, null, timing.now()));
            store.write(List.of(
                    before.isPresent()
                            ? new Operation.Set(
                                    node(migration), begun, before.get().version())
                            : new Operation.Create(node(migration), begun),
                    new Operation.Set(node, Json.write(keyspace.value().withPurging(migration)), keyspace.version())));
            run(lead, record, state);
        } catch (CoordinationException | LeadershipLost e) {
            throw StoreProblems.of(e);
        }
    }

    private static void requireEnded(MigrationName migration, MigrationState state) throws ProblemException {
        if (!state.step().isEnd()) {
            throw new ProblemException(Problem.of(
                            ErrorCode.MIGRATION_RUNNING, "Migration {} has not ended. Nothing has changed.", migration)
                    .remedy("let it end, or roll it back"));
        }
        if (state.step() == Step.FAILED) {
            throw new ProblemException(Problem.of(
                    ErrorCode.NOTHING_TO_PURGE, "Migration {} moved no row. Nothing has changed.", migration));
        }
    }

    private static <T> T required(LeaderStore store, String path, Class<T> type) throws CoordinationException {
        return store.read(path, type).orElseThrow().value();
    }

    /** Goes on with what an earlier leader began; what runs here is left alone. */
    synchronized void resume(Lead lead) throws CoordinationException {
        for (String name : lead.store().children(ZnodePaths.keyspaces())) {
            MigrationName migration = required(
                            lead.store(), ZnodePaths.keyspace(new KeyspaceName(name)), KeyspaceRecord.class)
                    .purging();
            if (migration != null && !running.containsKey(migration)) {
                run(
                        lead,
                        required(lead.store(), ZnodePaths.migration(migration), MigrationRecord.class),
                        required(lead.store(), ZnodePaths.state(migration), MigrationState.class));
            }
        }
    }

    private void run(Lead lead, MigrationRecord migration, MigrationState state) throws CoordinationException {
        MigrationName name = migration.plan().name();
        KeyspaceRecord keyspace =
                required(lead.store(), ZnodePaths.keyspace(migration.plan().keyspace()), KeyspaceRecord.class);
        MigrationContext context = wiring.open(migration, keyspace, lead.store());
        PurgeFigures figures = new PurgeFigures(migration.plan().keyspace(), name, context.work(), timing);
        running.put(name, figures);
        workers.execute(() -> {
            try (context) {
                Problem problem = purge(context, keyspace.keyspace(), state.step(), figures);
                end(lead.store(), migration, context.work().rowsEmptied(), problem);
            } catch (CoordinationException | LeadershipLost e) {
                LOG.warn("the purge of {} goes on under the next leader: {}", name, e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                running.remove(name);
            }
        });
    }

    /** Null when all is removed. */
    private @Nullable Problem purge(MigrationContext context, Keyspace keyspace, Step end, PurgeFigures figures)
            throws CoordinationException, LeadershipLost, InterruptedException {
        try {
            SlotMap today = context.routes().current().slotMap();
            figures.estimate(context, keyspace, today, purgedSlots(context.migration(), end, today));
            for (Group group : context.migration().groups()) {
                ShardName shard = loser(group, end);
                SlotRanges slots = without(group.slots(), today.shards().get(shard));
                if (!slots.isEmpty() && !closed) {
                    empty(context, group, shard, slots);
                }
            }
            return closed ? stopped() : null;
        } catch (ProblemException e) {
            return e.problem();
        } catch (FenceException e) {
            return Problem.of(ErrorCode.FENCE_CHANGED_BY_ANOTHER, "{}", String.valueOf(e.getMessage()));
        }
    }

    private static ShardName loser(Group group, Step end) {
        return end == Step.COMPLETED ? group.source() : group.target();
    }

    private static Map<ShardName, Integer> purgedSlots(MigrationRecord migration, Step end, SlotMap today) {
        Map<ShardName, Integer> purged = new TreeMap<>();
        for (Group group : migration.groups()) {
            ShardName shard = loser(group, end);
            int slots = without(group.slots(), today.shards().get(shard)).size();
            if (slots > 0) {
                purged.merge(shard, slots, Integer::sum);
            }
        }
        return purged;
    }

    private static Problem stopped() {
        return Problem.of(ErrorCode.NO_LEADER, "The controller was shut down. Some rows are removed, some are not.");
    }

    private void empty(MigrationContext context, Group group, ShardName shard, SlotRanges slots)
            throws FenceException, ProblemException, InterruptedException {
        Optional<Fence> present = context.fences().changer().read(shard, group.id(), timing.deadlineIn(FENCE));
        if (present.isEmpty()) {
            return; // rolled back before there was a fence: nothing was ever mirrored there
        }
        Fence taken = context.fences().taken(group, shard, timing.deadlineIn(FENCE));
        if (taken.role().owns()) {
            throw new ProblemException(
                    Problem.of(
                                    ErrorCode.FENCE_CHANGED_BY_ANOTHER,
                                    "The fence of slots {} on {} is {}: their rows stay.",
                                    group.slots(),
                                    shard,
                                    taken.role())
                            .remedy(
                                    "look at the fences of both shards: the migration that left it has not ended as it should"));
        }
        Fence vacant = context.fences().bring(taken, shard, Role.VACANT, timing.deadlineIn(FENCE));
        context.work().empty(shard, vacant, slots, () -> closed);
    }

    private static SlotRanges without(SlotRanges slots, @Nullable SlotRanges owned) {
        if (owned == null) {
            return slots;
        }
        BitSet left = slots.toBitSet();
        left.andNot(owned.toBitSet());
        return SlotRanges.of(left);
    }

    private void end(LeaderStore store, MigrationRecord migration, long rows, @Nullable Problem problem)
            throws CoordinationException, LeadershipLost {
        if (closed) {
            return; // it stays RUNNING: the next leader goes on
        }
        String node = ZnodePaths.keyspace(migration.plan().keyspace());
        LeaderStore.Stored<KeyspaceRecord> keyspace =
                store.read(node, KeyspaceRecord.class).orElseThrow();
        State state = problem == null ? State.DONE : State.FAILED;
        store.write(List.of(
                new Operation.Set(
                        node(migration.plan().name()),
                        Json.write(new Record(Record.VERSION, state, rows, problem, timing.now())),
                        Operation.ANY),
                new Operation.Set(node, Json.write(keyspace.value().withPurging(null)), keyspace.version())));
        LOG.info("purge of {}: {}, {} rows removed", migration.plan().name(), state, rows);
    }

    /** Asks what runs to stop after its batch; it stays RUNNING for the next leader. */
    void close() {
        closed = true;
    }
}
