package io.shardshift.controller.bookkeeping;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Timing;
import io.shardshift.shard.FenceCheck;
import io.shardshift.shard.FenceMismatch;
import io.shardshift.shard.FenceView;
import io.shardshift.shard.KeyRange;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardException.Kind;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Removes a group's rows from a shard where none of them counts: before MIRROR, what an earlier attempt left, and for purge.
 *
 * <p>Small batches by ranges of the primary key, each in a transaction of its own that reads the group's fence row FOR SHARE
 * and finds it VACANT with the term and step that the caller knows: a batch that comes late, after the fence went on to
 * MIRROR, deletes nothing [37][38]. Starting again from the first key is harmless. One thread.
 */
public final class Emptying {
    /** Rows looked at in a batch: its locks last milliseconds, and a replica applies it at once. */
    public static final int ROWS = 1_000;

    private static final Duration BATCH = Duration.ofSeconds(5);
    private static final Duration AFTER_REFUSAL = Duration.ofMillis(50);

    /** Asked before each batch; may wait, and answers false to stop. */
    @FunctionalInterface
    public interface Throttle {
        boolean mayGoOn() throws InterruptedException;
    }

    /** The fence is not VACANT with the term and step that the caller knows; of this batch nothing was deleted. */
    public static final class NotVacant extends Exception {
        NotVacant(ShardName shard, Fence expected, String found) {
            super("fence of " + expected.group() + " on " + shard + " is " + found + ", expected VACANT with term "
                    + expected.term() + " and step " + expected.step());
        }
    }

    private final ShardSessions sessions;
    private final Timing timing;
    private final Throttle throttle;
    private final LongConsumer onDeleted;

    /** @param onDeleted told the rows of each batch that was committed */
    public Emptying(ShardSessions sessions, Timing timing, Throttle throttle, LongConsumer onDeleted) {
        this.onDeleted = onDeleted;
        this.sessions = sessions;
        this.timing = timing;
        this.throttle = throttle;
    }

    /**
     * Removes the rows of {@code slots} from {@code tables} and answers how many. A refused lock is tried again;
     * {@link ShardException} and {@link NotVacant}: some batches may have been done, run it again.
     *
     * @param vacant the group's fence on {@code shard} as the caller set it
     */
    public long empty(ShardName shard, Fence vacant, SlotRanges slots, Collection<ShardedTable> tables)
            throws ShardException, NotVacant, InterruptedException {
        long deleted = 0;
        for (ShardedTable table : tables) {
            deleted += empty(shard, vacant, slots, table);
        }
        return deleted;
    }

    private long empty(ShardName shard, Fence vacant, SlotRanges slots, ShardedTable table)
            throws ShardException, NotVacant, InterruptedException {
        long deleted = 0;
        Optional<PrimaryKey> after = Optional.empty();
        while (throttle.mayGoOn()) {
            Batch batch;
            try {
                batch = batch(shard, vacant, slots, table, after);
            } catch (ShardException e) {
                if (e.kind() != Kind.LOCK_REFUSED && e.kind() != Kind.TRANSACTION_LOST) {
                    throw e;
                }
                timing.pause(AFTER_REFUSAL); // somebody holds a row here: it is his first
                continue;
            }
            deleted += batch.deleted();
            onDeleted.accept(batch.deleted());
            if (batch.end().isEmpty()) {
                return deleted;
            }
            after = batch.end();
        }
        return deleted;
    }

    private record Batch(int deleted, Optional<PrimaryKey> end) {}

    private Batch batch(ShardName shard, Fence vacant, SlotRanges slots, ShardedTable table, Optional<PrimaryKey> after)
            throws ShardException, NotVacant {
        try (ShardSession session = sessions.open(shard, Purpose.MIRROR, timing.deadlineIn(BATCH))) {
            session.begin(Isolation.READ_COMMITTED);
            requireVacant(session, vacant); // [37]
            Optional<PrimaryKey> end = session.chunkEnd(table, after, ROWS);
            int deleted = session.deleteRange(table, new KeyRange(after, end, true), slots);
            session.commit();
            return new Batch(deleted, end);
        }
    }

    private static void requireVacant(ShardSession session, Fence vacant) throws ShardException, NotVacant {
        try {
            FenceView view = FenceCheck.require(session, vacant.group(), Role.VACANT, vacant.peer());
            Fence found = view.fence();
            if (found.term() != vacant.term() || found.step() != vacant.step()) {
                throw new NotVacant(
                        session.shard(), vacant, "VACANT with term " + found.term() + " and step " + found.step());
            }
        } catch (FenceMismatch e) {
            FenceView found = e.found();
            String role = found == null ? "not there" : found.fence().role().toString();
            NotVacant notVacant = new NotVacant(session.shard(), vacant, role);
            notVacant.initCause(e);
            throw notVacant;
        }
    }
}
