package io.shardshift.shard;

import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.ShardSession.RowLock;
import java.util.Optional;

/** Compares a fence with what a route says. Term and step are the controllers' and are not compared [21]. */
public final class FenceCheck {
    private FenceCheck() {}

    /**
     * Reads the fence {@code FOR SHARE}, so that it stays as it is until the transaction ends, and throws unless it fits.
     * A hold is left to the caller: {@link FenceView#isHeld()}.
     */
    public static FenceView require(ShardSession session, GroupId group, Role role, ShardName peer)
            throws ShardException, FenceMismatch {
        Optional<FenceView> found = session.readFence(group, RowLock.SHARE);
        if (found.isEmpty() || !fits(found.get(), role, peer)) {
            throw new FenceMismatch(group, session.shard(), role, peer, found.orElse(null));
        }
        return found.get();
    }

    /** Whether {@code view} is {@code role} with {@code peer}, on the server that it was stamped for. */
    public static boolean fits(FenceView view, Role role, ShardName peer) {
        return view.serverUuidFits()
                && view.fence().role() == role
                && view.fence().peer().equals(peer);
    }
}
