package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.check.Check;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a migration does on its shards besides fences and streams. Every method is harmless to repeat. */
public interface ShardWork {
    /** All findings of all checks of a scope. Reads only. */
    List<Finding> check(Check.Scope scope);

    /** Throws what the checks of a scope find against going on, all of it. Reads only. */
    default void require(Check.Scope scope) throws ProblemException {
        CheckReport.require(check(scope), ErrorCode.CHECK_FAILED);
    }

    /** The servers that answer now are those that later checks compare with [19]. Throws, with nothing changed, when one does not. */
    void rememberServers() throws ProblemException;

    /** Bookkeeping tables on every shard, and the keyspace's tables on the targets. */
    void prepareShards(Deadline deadline) throws ProblemException;

    /** Removes rows of {@code slots} from a shard where none counts, under the fence {@code vacant}, throttled. */
    void empty(ShardName shard, Fence vacant, SlotRanges slots, Stop stop)
            throws ProblemException, InterruptedException;

    /** Rows that {@link #empty} has removed so far. */
    long rowsEmptied();

    /** Reads what is stored of copy and verification, for status until either runs here; unknown where it cannot be read. */
    void recall();

    /** Copies what is not yet copied under these attempts, as the plan's {@code backfill} says, and returns when all is. */
    void copy(Map<Integer, Long> attempts, Streams streams, Stop stop) throws ProblemException, InterruptedException;

    /** Compares both sides of every group and repairs; throws ROWS_DIFFER when differences remain. */
    void verify(Map<Integer, Long> attempts, Stop stop) throws ProblemException, InterruptedException;

    /** The same for groups that their targets own: the sources are made equal to them, under the streams. */
    void verifyBack(List<Group> atTargets, Map<Integer, Long> attempts, Stop stop)
            throws ProblemException, InterruptedException;

    /** Raises the targets' AUTO_INCREMENT above the sources', with room. */
    void raiseAutoIncrement() throws ProblemException;

    /** Rows that the running copy or verification has done; 0 before either began. Tells whether it gets on. */
    long rowsDone();

    /** Seconds that the running copy or verification still takes at its present rate; null where that is not known. */
    @Nullable
    Long etaSeconds();

    /** {@code copy} of the status document; null before it began, under whichever controller. */
    @Nullable
    JsonNode copyStatus();

    /** {@code verification} of the status document; null before it began. */
    @Nullable
    JsonNode verificationStatus();

    /** What verification found. */
    JsonNode differences();

    /** {@code throttle} of the status document: open and reason; null while nothing runs that it could hold back. */
    JsonNode throttleStatus();

    /** What the newest run of each check warned of, in order of check and subject. */
    List<Warnings.Warning> warnings();

    /** Asked between two pieces of work: whether to stop after this one. */
    @FunctionalInterface
    interface Stop {
        boolean isAsked();
    }
}
