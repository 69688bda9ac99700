package io.shardshift.shard;

import io.shardshift.api.routing.ShardName;
import org.jspecify.annotations.Nullable;

/** A shard did not do what was asked. The kind says what has become of the transaction and what may be done. */
public final class ShardException extends Exception {
    /** What an error means; decided in one place, {@code MysqlErrors}. */
    public enum Kind {
        /** A lock was not given (NOWAIT, or a time-out that rolled back the statement alone). The transaction lives. */
        LOCK_REFUSED(true),
        /** Deadlock victim, or a time-out that rolled back everything: the transaction is dead, its locks are gone [4]. */
        TRANSACTION_LOST(false),
        /** A row in the way. The statement had no effect, the transaction lives. */
        DUPLICATE_KEY(true),
        /** The connection is gone, and with it transaction and locks; nothing of it was committed. */
        CONNECTION_LOST(false),
        /** The connection was lost after COMMIT was sent: committed or not. */
        OUTCOME_UNKNOWN(false),
        /** The server does not take writes. */
        READ_ONLY(true),
        /** Any other error of the statement: it had no effect, the transaction lives. */
        REFUSED(true);

        private final boolean transactionLives;

        Kind(boolean transactionLives) {
            this.transactionLives = transactionLives;
        }

        public boolean transactionLives() {
            return transactionLives;
        }
    }

    private final ShardName shard;
    private final Kind kind;
    private final @Nullable String duplicateKey;

    public ShardException(
            ShardName shard, Kind kind, String message, @Nullable String duplicateKey, @Nullable Throwable cause) {
        super(message + " [" + kind + " on " + shard + "]", cause);
        this.shard = shard;
        this.kind = kind;
        this.duplicateKey = duplicateKey;
    }

    public ShardName shard() {
        return shard;
    }

    public Kind kind() {
        return kind;
    }

    /** Name of the unique key that was met, for DUPLICATE_KEY. */
    public @Nullable String duplicateKey() {
        return duplicateKey;
    }
}
