package io.shardshift.shard;

import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import org.jspecify.annotations.Nullable;

/** A fence is not what the caller's route says. Nothing was changed under it. */
public final class FenceMismatch extends Exception {
    private final transient GroupId group;
    private final transient ShardName shard;
    private final transient @Nullable FenceView found;

    FenceMismatch(GroupId group, ShardName shard, Role expected, ShardName peer, @Nullable FenceView found) {
        super("fence of group " + group + " on " + shard + " is " + describe(found) + ", expected " + expected
                + " with peer " + peer);
        this.group = group;
        this.shard = shard;
        this.found = found;
    }

    private static String describe(@Nullable FenceView found) {
        if (found == null) {
            return "not there";
        }
        return found.fence().role() + " with peer " + found.fence().peer()
                + (found.serverUuidFits() ? "" : " for another server");
    }

    public GroupId group() {
        return group;
    }

    public ShardName shard() {
        return shard;
    }

    /** What was found, null when there is no row. */
    public @Nullable FenceView found() {
        return found;
    }
}
