package io.shardshift.controller.fence;

import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.ShardName;
import org.jspecify.annotations.Nullable;

/** A fence was not changed, or it is not known whether it was. */
public final class FenceException extends Exception {
    /** What it means for the caller. */
    public enum Kind {
        /** Somebody holds the row; nothing has changed. */
        HELD,
        /** The shard does not answer; nothing has changed. */
        UNREACHABLE,
        /** The UPDATE was sent and its outcome is not known: {@link FenceChanger#settle} before anything else [1]. */
        OUTCOME_UNKNOWN,
        /** A larger term or another step was found: another leader is at work. */
        ANOTHER_LEADER,
        /** The fence is not there, or not in a role that this change starts from; nothing has changed. */
        UNEXPECTED
    }

    private final Kind kind;
    private final transient GroupId group;
    private final transient ShardName shard;

    FenceException(Kind kind, GroupId group, ShardName shard, String detail, @Nullable Throwable cause) {
        super("fence of group " + group + " on " + shard + ": " + detail, cause);
        this.kind = kind;
        this.group = group;
        this.shard = shard;
    }

    public Kind kind() {
        return kind;
    }

    public GroupId group() {
        return group;
    }

    public ShardName shard() {
        return shard;
    }
}
