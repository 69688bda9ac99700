package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.copy.NamedRows;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The change streams of one migration, one for each of its shards. Thread-safe. */
public interface Streams extends AutoCloseable, NamedRows {
    /**
     * Starts what does not run; each goes on from its stored offset, or from now. Returns when all are running: each has met a
     * heartbeat of now. What came before it may still be pending, for a mirror that is away must not keep a new leader
     * from starting the streams, and from the way round that mirror.
     */
    void start(Set<ShardName> shards, Deadline deadline) throws ProblemException, InterruptedException;

    /**
     * Gives up what the stream of {@code shard} has read and not done, and lets it begin at the end of the binlog of the server
     * that answers now, with no role known until a fence changes. Call it only while no row counts that it would have
     * brought. Throws when the stream of before has not ended by the deadline, or the shard does not answer.
     */
    void beginAnew(ShardName shard, Deadline deadline) throws ProblemException, InterruptedException;

    /** Whether the stream of {@code shard} has met this very fence event (group, role, term, step) and finished all before it [3][35]. False soon, too, once {@code stop} is asked. */
    boolean awaitPassed(ShardName shard, Fence marker, ShardWork.Stop stop, Deadline deadline)
            throws InterruptedException;

    /** Writes a heartbeat on the shard: a durable commit. Returns its value; throws SHARD_UNREACHABLE. */
    long beat(ShardName shard, Deadline deadline) throws ProblemException;

    /**
     * Writes a heartbeat on the shard and waits until all that was committed there before it is on the mirrors, of every
     * group. False at the deadline, and that is the answer while a group waits for its mirror: CATCH_UP may not go on to
     * compare, nor a step-back end, before that mirror has what it lacks. False soon, too, once {@code stop} is asked.
     */
    boolean awaitHeartbeat(ShardName shard, ShardWork.Stop stop, Deadline deadline)
            throws ProblemException, InterruptedException;

    /**
     * The same for the changes of one group: the time from the heartbeat's commit until then, null at the deadline. A hand-off
     * asks so: to drain this group is all that it will wait for, and one group's wait never holds the others [12].
     */
    @Nullable
    Duration drainTime(ShardName shard, Group group, Deadline deadline) throws ProblemException, InterruptedException;

    /** Age of the oldest change of the shard that is not done, zero when all is; null while it is unknown. */
    @Nullable
    Duration lag(ShardName shard);

    /** Why a stream does not run, or what it waits for, by shard; empty when all run. */
    Map<ShardName, Problem> problems();

    /** By shard: lagMillis, eventsPerSecond, repaired; null for what has not been measured. */
    JsonNode status();

    @Override
    void close();
}
