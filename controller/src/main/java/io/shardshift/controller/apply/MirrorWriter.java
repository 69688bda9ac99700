package io.shardshift.controller.apply;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.apply.GroupLane.Change;
import io.shardshift.controller.apply.GroupLane.TableKey;
import io.shardshift.controller.stream.ChangeEvent.Image;
import io.shardshift.shard.FenceMismatch;
import io.shardshift.shard.FenceView;
import io.shardshift.shard.Mirror;
import io.shardshift.shard.Mirror.MirroredGroup;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.Row;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSession.RowLock;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the mirror equal for one batch of one group and table. Holds nothing between two batches. */
final class MirrorWriter {
    /** Bounds one batch: over the lock wait of a single key, 1 s, and under the mirror session's wait_timeout. */
    private static final Duration BATCH_TIME = Duration.ofSeconds(4);

    /** What has become of a batch. */
    enum Verdict {
        /** The mirror is equal. */
        DONE,
        /** The mirror does not need it: it owns the group, or is emptied and copied before it counts. */
        DROPPED,
        /** A lock was not given: come back with fewer keys. */
        TAKE_LESS,
        /** Come back later. */
        WAIT,
        /** A row of another group or owner is in the way. */
        COLLIDED
    }

    /**
     * Verdict, with the number of rows that were written and, for WAIT and COLLIDED, the reason.
     */
    record Outcome(Verdict verdict, int written, String reason) {
        static Outcome done(int written) {
            return new Outcome(Verdict.DONE, written, "");
        }

        static Outcome waiting(String reason) {
            return new Outcome(Verdict.WAIT, 0, reason);
        }
    }

    private final ShardName shard;
    private final ShardSessions sessions;
    private final Timing timing;

    /** @param shard the owner, whose stream this is */
    MirrorWriter(ShardName shard, ShardSessions sessions, Timing timing) {
        this.shard = shard;
        this.sessions = sessions;
        this.timing = timing;
    }

    /** @param mirror the peer that the fence of that moment named */
    Outcome write(Group group, ShardName mirror, Map<TableKey, Change> batch) {
        ShardedTable table = batch.keySet().iterator().next().table();
        Deadline deadline = timing.deadlineIn(BATCH_TIME);
        try {
            Set<PrimaryKey> different = new LinkedHashSet<>();
            Outcome atOnce = compare(group, mirror, table, batch, deadline, different);
            if (atOnce != null) {
                return atOnce;
            }
            try (ShardSession owner = sessions.open(shard, Purpose.OWNER, deadline);
                    ShardSession mirroring = sessions.open(mirror, Purpose.MIRROR, deadline)) {
                return Outcome.done(Mirror.keys(
                                owner, mirroring, new MirroredGroup(group.id(), group.slots(), shard), table, different)
                        .rows());
            }
        } catch (FenceMismatch e) {
            Outcome byFence = byFence(Optional.ofNullable(e.found()));
            return byFence != null ? byFence : Outcome.waiting(String.valueOf(e.getMessage()));
        } catch (RowsCollide e) {
            return new Outcome(Verdict.COLLIDED, 0, String.valueOf(e.getMessage()));
        } catch (ShardException e) {
            return switch (e.kind()) {
                case LOCK_REFUSED, TRANSACTION_LOST ->
                    new Outcome(Verdict.TAKE_LESS, 0, String.valueOf(e.getMessage()));
                case DUPLICATE_KEY, CONNECTION_LOST, OUTCOME_UNKNOWN, READ_ONLY, REFUSED ->
                    Outcome.waiting(String.valueOf(e.getMessage()));
            };
        }
    }

    /**
     * Reads the mirror without locks. {@code different} gets the keys for the primitive: those whose row is not the image,
     * those whose image cannot be compared, and every deletion. Answers an outcome when nothing is left to do.
     */
    private @Nullable Outcome compare(
            Group group,
            ShardName mirror,
            ShardedTable table,
            Map<TableKey, Change> batch,
            Deadline deadline,
            Set<PrimaryKey> different)
            throws ShardException {
        Map<PrimaryKey, Row> images = new HashMap<>();
        batch.forEach((key, change) -> {
            Image after = change.after();
            if (after != null && after.isComparable()) {
                images.put(key.key(), after.row());
            }
        });
        Map<PrimaryKey, Row> found = new HashMap<>();
        try (ShardSession plain = sessions.open(mirror, Purpose.PLAIN, deadline)) {
            plain.begin(Isolation.READ_COMMITTED);
            Outcome byFence = byFence(plain.readFence(group.id(), RowLock.NONE));
            if (byFence != null) {
                return byFence;
            }
            if (!images.isEmpty()) {
                plain.readRows(table, images.keySet(), RowLock.NONE).forEach(row -> found.put(table.key(row), row));
            }
            plain.rollback();
        }
        for (TableKey key : batch.keySet()) {
            Row image = images.get(key.key());
            if (image == null || !image.equals(found.get(key.key()))) {
                different.add(key.key());
            }
        }
        return different.isEmpty() ? Outcome.done(0) : null;
    }

    /** What the mirror's fence alone decides; null when rows are to be mirrored. */
    private @Nullable Outcome byFence(Optional<FenceView> found) {
        if (found.isEmpty()) {
            return new Outcome(Verdict.DROPPED, 0, ""); // nothing of the group was ever mirrored there
        }
        FenceView view = found.get();
        String description = "fence of group " + view.fence().group() + " there is "
                + view.fence().role() + " with peer " + view.fence().peer();
        if (!view.serverUuidFits()) {
            return Outcome.waiting(description + ", stamped for another server"); // [19]
        }
        return switch (view.fence().role()) {
            case OWNER, OWNER_MIRRORING, VACANT -> new Outcome(Verdict.DROPPED, 0, "");
            case CLOSED -> Outcome.waiting(description);
            case MIRROR -> view.fence().peer().equals(shard) ? null : Outcome.waiting(description);
        };
    }

    /** The problem to stop with when {@code outcome} stays COLLIDED. */
    static ProblemException collision(Group group, ShardName owner, ShardName mirror, Outcome outcome) {
        return new ProblemException(Problem.of(
                        ErrorCode.TWO_OWNERS_COLLIDE,
                        "Group {} cannot be mirrored from {} to {}: {}. Nothing of that batch has changed.",
                        group.id(),
                        owner,
                        mirror,
                        outcome.reason())
                .remedy("decide which row is right and change or remove the other, then resume"));
    }
}
