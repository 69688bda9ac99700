package io.shardshift.controller.apply;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.apply.GroupLane.Change;
import io.shardshift.controller.apply.GroupLane.TableKey;
import io.shardshift.controller.apply.MirrorWriter.Outcome;
import io.shardshift.controller.stream.ChangeEvent;
import io.shardshift.controller.stream.ChangeEvent.FenceChanged;
import io.shardshift.controller.stream.ChangeEvent.HeartbeatSeen;
import io.shardshift.controller.stream.ChangeEvent.Idle;
import io.shardshift.controller.stream.ChangeEvent.Image;
import io.shardshift.controller.stream.ChangeEvent.NamingChanged;
import io.shardshift.controller.stream.ChangeEvent.NamingChanged.What;
import io.shardshift.controller.stream.ChangeEvent.RowChange;
import io.shardshift.controller.stream.ChangeEvent.RowNamed;
import io.shardshift.controller.stream.ChangeEvent.SchemaChanged;
import io.shardshift.controller.stream.StoredStream;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes a shard's events and makes mirrors equal for the groups that the shard owned <em>when the row changed</em>; drops the
 * echoes of mirror writes. Ownership comes from the stream alone, never from today's fences [2]. One thread; a fresh one for
 * each opening of the stream, since it starts from what is stored.
 */
final class Applier implements ChangeEvent.Handler<ProblemException> {
    /** Keys of one batch: its share locks last milliseconds, and one plain read of the mirror pays for many. */
    static final int MOST_KEYS = 256;

    /** Keys that one waiting group may pile up before the stream waits with it [12]. */
    private static final int LANE_ITEMS = 50_000;

    /** The same for all groups together, well under the controller's heap of 512 MiB. */
    private static final long ALL_BYTES = 64L << 20;

    private static final Duration LOCK_WAIT = Duration.ofMillis(5);
    private static final Duration FIRST_WAIT = Duration.ofMillis(10);
    private static final Duration MOST_WAIT = Duration.ofMillis(250);

    /** A try that lasts longer was held up: a batch takes milliseconds, a lock's wait 1 s, one for a silent mirror 4 s. */
    private static final Duration HELD_UP = Duration.ofMillis(500);

    /** How long, after each try that was held up, a group lets the others go first: so they have most of the time. */
    private static final Duration OTHERS_FIRST = Duration.ofSeconds(3);

    /** A wait that is shorter is normal under load and not worth a word. */
    private static final Duration NAMED_WAIT = Duration.ofSeconds(1);

    private final ShardName shard;
    private final Map<String, ShardedTable> tables;
    private final MirrorWriter writer;
    private final Timing timing;
    private final Passed passed;
    private final StreamFigures figures;
    private final Naming naming;
    private final Map<GroupId, GroupLane> lanes = new LinkedHashMap<>();
    private final @Nullable GroupLane[] laneBySlot;
    private final Checkpoints checkpoints = new Checkpoints();
    private List<Fence> fences;
    private long sequence;

    /** Ends of named tables before which not all is done; a handful, for a table ends once. */
    private final Deque<End> ends = new ArrayDeque<>();

    private record End(long sequence, NamingChanged event) {}

    private final Heartbeats heartbeats = new Heartbeats();

    private @Nullable Instant newest;

    Applier(
            ShardName shard,
            List<Group> groups,
            Map<String, ShardedTable> tables,
            MirrorWriter writer,
            Timing timing,
            StoredStream stored,
            Passed passed,
            StreamFigures figures,
            Naming naming) {
        this.naming = naming;
        this.shard = shard;
        this.tables = tables;
        this.writer = writer;
        this.timing = timing;
        this.passed = passed;
        this.figures = figures;
        this.fences = stored.fences();
        Map<GroupId, Fence> byGroup = stored.fencesByGroup();
        int slots = 0;
        for (Group group : groups) {
            if (group.source().equals(shard) || group.target().equals(shard)) {
                lanes.put(group.id(), new GroupLane(group, byGroup.get(group.id()), MOST_KEYS));
                slots = Math.max(slots, group.slots().toBitSet().length());
            }
        }
        this.laneBySlot = new GroupLane[slots];
        lanes.values()
                .forEach(lane -> lane.group().slots().toBitSet().stream().forEach(slot -> laneBySlot[slot] = lane));
        stored.fences().forEach(passed::fence); // everything before the stored position is done
    }

    /** Takes events in; nothing is written yet. */
    void take(List<ChangeEvent> events) throws ProblemException {
        ChangeEvent last = null;
        long lastSequence = 0;
        for (ChangeEvent event : events) {
            sequence++;
            event.handOver(this);
            Instant committedAt = event.committedAt();
            if (committedAt != null) {
                newest = committedAt;
            }
            if (event.canReopenHere()) {
                last = event;
                lastSequence = sequence;
            }
        }
        if (last != null) {
            checkpoints.add(lastSequence, last.position(), fences);
        }
        heartbeats.report(lanes.values(), passed);
    }

    @Override
    public void onRowChange(RowChange event) {
        figures.event();
        ShardedTable table = tables.get(event.table());
        if (table == null) {
            return;
        }
        Image before = event.before();
        Image after = event.after();
        if (after != null) {
            PrimaryKey key = table.key(after.row());
            int slot = table.slot(after.row());
            boolean moved = before != null
                    && (table.slot(before.row()) != slot
                            || !table.key(before.row()).equals(key));
            if (before != null && moved) {
                touch(table, table.key(before.row()), table.slot(before.row()), null, event); // a delete there …
            }
            touch(table, key, slot, after, event); // … and an insert here
        } else if (before != null) {
            touch(table, table.key(before.row()), table.slot(before.row()), null, event);
        }
    }

    private void touch(ShardedTable table, PrimaryKey key, int slot, @Nullable Image after, RowChange event) {
        GroupLane lane = slot >= 0 && slot < laneBySlot.length ? laneBySlot[slot] : null;
        Fence fence = lane == null ? null : lane.fence();
        if (lane == null || fence == null) {
            return; // does not move, or not yet
        }
        if (fence.role().owns()) {
            lane.add(new TableKey(table, key), after, sequence, event.committedAt());
        } else if (fence.role() == Role.CLOSED || (fence.role() == Role.VACANT && after != null)) {
            figures.foreignWrite(); // nobody may write here; emptying and purge only delete
        }
        // else the echo of a mirror write
    }

    /**
     * A row that was found only <em>names</em> a key, and so needs no place of its own among the changes: the primitive reads
     * the row anew, under the owner's locks and both fences, and finds there whatever the owner holds by then. What the
     * event says of the row may be older than a change that is mirrored already; it is thrown away. Its group must be
     * owned as of this place of the stream [2]: where it is not, the row is an echo or nobody's, and the backfill that
     * counted on it begins anew.
     */
    @Override
    public void onRowNamed(RowNamed event) {
        ShardedTable table = tables.get(event.table());
        if (table == null) {
            return;
        }
        naming.found(event.table());
        int slot = table.slot(event.row());
        GroupLane lane = slot >= 0 && slot < laneBySlot.length ? laneBySlot[slot] : null;
        if (lane == null) {
            return; // does not move: looked at, no more
        }
        Fence fence = lane.fence();
        if (fence == null || !fence.role().owns()) {
            naming.missed("group " + lane.group().id() + " was " + (fence == null ? "unfenced" : fence.role()) + " on "
                    + shard + " when rows of it were named");
            return;
        }
        lane.name(new TableKey(table, table.key(event.row())), sequence, event.committedAt());
    }

    @Override
    public void onNaming(NamingChanged event) {
        naming.taken(event);
        if (event.what() == What.TABLE_DONE || event.what() == What.TABLE_FAILED) {
            ends.addLast(new End(sequence, event));
        }
    }

    private void passEnds() {
        while (!ends.isEmpty() && ends.getFirst().sequence() < oldestUndone()) {
            naming.passed(ends.removeFirst().event());
        }
    }

    @Override
    public void onFenceChanged(FenceChanged event) {
        GroupLane lane = lanes.get(event.fence().group());
        if (lane == null) {
            return; // of an earlier migration, or of other shards
        }
        lane.fenceChanged(event.fence(), sequence);
        List<Fence> newer = new ArrayList<>(fences);
        newer.removeIf(fence -> fence.group().equals(event.fence().group()));
        newer.add(event.fence());
        fences = List.copyOf(newer);
        checkpoints.add(sequence, event.position(), fences);
    }

    @Override
    public void onHeartbeat(HeartbeatSeen event) {
        passed.met(event.purpose(), event.value());
        heartbeats.add(sequence, event);
    }

    @Override
    public void onSchemaChanged(SchemaChanged event) throws ProblemException {
        throw new ProblemException(Problem.of(
                        ErrorCode.SCHEMA_CHANGED,
                        "Table {} on {} was changed while it moves. The stream stands before the change, nothing after it was"
                                + " mirrored.",
                        event.table().isEmpty() ? "(all)" : event.table(),
                        shard)
                .because(event.ddl().substring(0, Math.min(1_024, event.ddl().length())))
                .remedy("roll back, change the schema, and begin again"));
    }

    @Override
    public void onIdle(Idle event) {
        // a sign of life; its position becomes a checkpoint
    }

    /** One batch of each group that can go on; true while some group can go on at once. */
    boolean work() throws ProblemException {
        boolean more = false;
        List<GroupLane> blocking = new ArrayList<>();
        for (GroupLane lane : lanes.values()) {
            reportPassed(lane);
            if (lane.isReady(timing.nanoTime())) {
                if (lane.nextTryMayBlock()) {
                    blocking.add(lane);
                    continue;
                }
                writeBatch(lane);
                more |= lane.isReady(timing.nanoTime());
            }
        }
        for (GroupLane lane : blocking) {
            if (!more || lane.sinceTry(timing.nanoTime()).compareTo(OTHERS_FIRST) >= 0) { // [12]
                writeBatch(lane);
                more |= lane.isReady(timing.nanoTime());
            }
        }
        lanes.values().forEach(this::reportPassed);
        passEnds();
        heartbeats.report(lanes.values(), passed);
        Instant at = newest;
        if (at != null && oldestSince() == null) {
            figures.allDone(Duration.between(at, timing.now()));
            newest = null;
        }
        return more;
    }

    private void reportPassed(GroupLane lane) {
        for (Fence fence = lane.takePassed(); fence != null; fence = lane.takePassed()) {
            passed.fence(fence);
        }
    }

    private void writeBatch(GroupLane lane) throws ProblemException {
        Map<TableKey, Change> batch = lane.nextBatch();
        ShardName mirror = lane.fenceOfBatch().peer();
        long begun = timing.nanoTime();
        Outcome outcome = writer.write(lane.group(), mirror, batch);
        lane.waited(timing.nanoTime() - begun >= HELD_UP.toNanos());
        switch (outcome.verdict()) {
            case DONE -> {
                if (!isNamed(batch)) { // to copy a row is no repair
                    figures.repaired(outcome.written());
                }
                lane.done(batch.keySet());
                lane.takeMore(MOST_KEYS);
            }
            case DROPPED -> {
                if (isNamed(batch)) {
                    naming.missed(
                            "the fence of group " + lane.group().id() + " on " + mirror + " did not let named rows in");
                }
                lane.done(batch.keySet());
            }
            case TAKE_LESS -> {
                lane.takeLess();
                lane.park(timing.nanoTime(), LOCK_WAIT, MOST_WAIT, outcome.reason());
            }
            case WAIT -> lane.park(timing.nanoTime(), FIRST_WAIT, MOST_WAIT, outcome.reason());
            case COLLIDED -> collided(lane, batch.size(), mirror, outcome);
        }
    }

    /** A batch is of named keys or of changed ones, never of both. */
    private static boolean isNamed(Map<TableKey, Change> batch) {
        return batch.values().iterator().next().named();
    }

    /**
     * A row that left one group for another is deleted in that group's lane: what was pending elsewhere goes first, and one
     * key at a time, for deletions in this lane may be waited for too. What still collides then is another owner's [15].
     */
    private void collided(GroupLane lane, int keys, ShardName mirror, Outcome outcome) throws ProblemException {
        long since = lane.collided(sequence);
        boolean othersFirst =
                lanes.values().stream().anyMatch(other -> other != lane && other.oldestSequence() <= since);
        if (keys == 1 && !othersFirst) {
            throw MirrorWriter.collision(lane.group(), shard, mirror, outcome);
        }
        lane.park(timing.nanoTime(), LOCK_WAIT, MOST_WAIT, outcome.reason());
    }

    /** Whether no more events may be taken until something is done. */
    boolean isFull() {
        long bytes = 0;
        for (GroupLane lane : lanes.values()) {
            if (lane.items() >= LANE_ITEMS) {
                return true;
            }
            bytes += lane.bytes();
        }
        return bytes >= ALL_BYTES;
    }

    boolean isEmpty() {
        return lanes.values().stream().allMatch(lane -> lane.oldestSequence() == GroupLane.NOTHING);
    }

    /** What may be stored: the newest position before which everything is done, with the fences as of it. */
    Optional<Checkpoints.Checkpoint> done() {
        return Optional.ofNullable(checkpoints.advance(oldestUndone()));
    }

    private long oldestUndone() {
        long oldest = GroupLane.NOTHING;
        for (GroupLane lane : lanes.values()) {
            oldest = Math.min(oldest, lane.oldestSequence());
        }
        return oldest;
    }

    /** Commit time of the oldest change that is not done. */
    @Nullable
    Instant oldestSince() {
        return lanes.values().stream()
                .map(GroupLane::oldestSince)
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
    }

    /** Groups that have waited for a while, with the reason. */
    Map<GroupId, String> waiting() {
        Map<GroupId, String> waiting = new LinkedHashMap<>();
        long now = timing.nanoTime();
        lanes.forEach((group, lane) -> {
            String reason = lane.waitingFor();
            if (reason != null && lane.waiting(now).compareTo(NAMED_WAIT) >= 0) {
                waiting.put(group, reason);
            }
        });
        return waiting;
    }
}
