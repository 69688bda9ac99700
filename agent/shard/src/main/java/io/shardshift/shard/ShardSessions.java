package io.shardshift.shard;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;

/** Opens sessions: the other half of the port. Thread-safe. */
public interface ShardSessions {
    /**
     * Opens a session or throws CONNECTION_LOST by {@code deadline}.
     *
     * @param deadline also bounds every call on the session: a session lives for one piece of work
     */
    ShardSession open(ShardName shard, Purpose purpose, Deadline deadline) throws ShardException;

    /** What a session is for: its settings differ (protocol, "Sessions"). */
    enum Purpose {
        /** Reads and locks the owner's rows for the applier, the copier, verification or repair. */
        OWNER,
        /** Writes mirror rows. */
        MIRROR,
        /** Plain reads: roles, schemas, checks. */
        PLAIN
    }
}
