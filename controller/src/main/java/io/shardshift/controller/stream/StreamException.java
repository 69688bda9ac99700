package io.shardshift.controller.stream;

import io.shardshift.api.routing.ShardName;
import org.jspecify.annotations.Nullable;

/** A stream has ended. The kind says whether opening another one can help. */
public final class StreamException extends Exception {
    /** What it means for the caller. */
    public enum Kind {
        /** The server or the connection is gone, or refuses: open again, after a while. */
        BROKEN,
        /** The shard has purged binlog that was not read yet: only a new copy helps. */
        POSITION_LOST,
        /** The shard lacks transactions that the stream has read: a failover that lost commits [19]. */
        HISTORY_WENT_BACK
    }

    private final Kind kind;
    private final transient ShardName shard;

    public StreamException(Kind kind, ShardName shard, String message, @Nullable Throwable cause) {
        super("stream of " + shard + ": " + message, cause);
        this.kind = kind;
        this.shard = shard;
    }

    public Kind kind() {
        return kind;
    }

    public ShardName shard() {
        return shard;
    }
}
