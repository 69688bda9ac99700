package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.time.Deadline;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a migration does on its shards besides fences and streams. Every method is harmless to repeat. */
public interface ShardWork {
    /** All findings of all checks. */
    List<Finding> preflight();

    /** Bookkeeping tables on every shard, and the keyspace's tables on the targets. */
    void prepareShards(Deadline deadline) throws ProblemException;

    /** Removes rows of the group that an earlier attempt left on its target, under the fence {@code vacant}. */
    void emptyTarget(Group group, Fence vacant, Stop stop) throws ProblemException, InterruptedException;

    /** Copies what is not yet copied under these attempts, as the plan's {@code backfill} says, and returns when all is. */
    void copy(Map<Integer, Long> attempts, Streams streams, Stop stop) throws ProblemException, InterruptedException;

    /** Compares both sides of every group and repairs; throws ROWS_DIFFER when differences remain. */
    void verify(Map<Integer, Long> attempts, Stop stop) throws ProblemException, InterruptedException;

    /** Raises the targets' AUTO_INCREMENT above the sources', with room. */
    void raiseAutoIncrement() throws ProblemException;

    /** {@code copy} of the status document; null before it began. */
    @Nullable
    JsonNode copyStatus();

    /** {@code verification} of the status document; null before it began. */
    @Nullable
    JsonNode verificationStatus();

    /** What verification found. */
    JsonNode differences();

    /** Asked between two pieces of work: whether to stop after this one. */
    @FunctionalInterface
    interface Stop {
        boolean isAsked();
    }
}
