package io.shardshift.controller.copy;

import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.controller.pacing.Cancellation;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The bulk copy of a migration: all moving rows that are there, in chunks so small that their share locks last
 * milliseconds, by as many workers as threads call {@link #runWorker}. Made anew it goes on where its store says.
 *
 * <p>Running a chunk twice is harmless: it copies state. A chunk counts for the attempt that was read before it began [34].
 */
public final class BulkCopy {
    /** How long a chunk's share locks may keep writers of its rows waiting: seen as a hiccup, not as a stop. */
    private static final Duration SHARE_LOCKS = Duration.ofMillis(50);

    /** A quick shard with small rows copies this in the target time at most. */
    private static final int MAX_CHUNK_ROWS = 10_000;

    private final ChunkedWork work;

    /** @param tables the keyspace's tables as the source has them; the target's definitions are equal */
    public BulkCopy(
            WorkContext context, List<MirroredPair> pairs, List<ShardedTable> tables, ProgressStore progressStore) {
        this.work = new ChunkedWork(
                context,
                new ChunkedWork.Kind(
                        "the copy", TableTask.End.LAST_KEY_ALONE, SHARE_LOCKS, MAX_CHUNK_ROWS, progressStore),
                pairs,
                tables,
                new Copier(context));
    }

    /**
     * Copies until all is copied or {@code cancellation} asks to end, which is seen after the chunk in hand.
     *
     * @throws ProblemException what stopped this or another worker: TWO_OWNERS_COLLIDE, FENCE_CHANGED_BY_ANOTHER,
     *     SHARD_UNREACHABLE, CHECK_FAILED, or what the store throws. A new BulkCopy goes on from the store.
     */
    public void runWorker(Cancellation cancellation) throws ProblemException, InterruptedException {
        work.runWorker(cancellation);
    }

    /** Whether every table is copied for the attempts of this moment. */
    public boolean isDone() {
        return work.isDone();
    }

    /** What stopped the work. */
    public Optional<Problem> failure() {
        return work.failure();
    }

    public WorkProgress progress() {
        return work.progress();
    }
}
