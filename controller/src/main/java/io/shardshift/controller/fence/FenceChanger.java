package io.shardshift.controller.fence;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import java.util.List;
import java.util.Optional;

/**
 * Changes single fence rows in one leader's name, as a port: real on MySQL ({@link JdbcFenceChanger}), or simulated.
 * Every change is {@code WHERE term = mine AND step = known}; each call is bounded by its deadline, and
 * a change by a second more for the answer to its last packet. Thread-safe.
 */
public interface FenceChanger extends AutoCloseable {
    /** Writes the row with step 1 where there is none; a row that is there stays as it is. */
    void insert(ShardName shard, Fence fence, Deadline deadline) throws FenceException;

    /** The row as a plain read sees it: nothing is concluded from it under an open intent [32]. */
    Optional<Fence> read(ShardName shard, GroupId group, Deadline deadline) throws FenceException;

    /** All rows on a shard, by a plain read. */
    List<Fence> readAll(ShardName shard, Deadline deadline) throws FenceException;

    /**
     * Stamps this leader's term where an older one stands, else rewrites the same role, with step + 1 in both cases, and answers
     * the row as it was read in that very change: afterwards no earlier UPDATE, of whoever, can match any more [1][21].
     */
    Fence settle(ShardName shard, GroupId group, Deadline deadline) throws FenceException;

    /**
     * {@link #settle}, and from now on the fence is of the server that answers: until then no agent writes under it where
     * another has taken the shard's place [19].
     */
    Fence stamp(ShardName shard, GroupId group, Deadline deadline) throws FenceException;

    /** Changes {@code known} to {@code role}; answers the new row. Waits for writers that hold the row, in bounded packets. */
    Fence change(ShardName shard, Fence known, Role role, Deadline deadline) throws FenceException;

    /** Holds the group's writers on {@code shard} for {@code millis} by that server's clock; 0 ends a hold [23]. */
    void hold(ShardName shard, GroupId group, long millis, Deadline deadline) throws FenceException;

    /** Gives up what is kept open. Harmless to repeat; later calls work, and keep nothing. */
    @Override
    void close();
}
