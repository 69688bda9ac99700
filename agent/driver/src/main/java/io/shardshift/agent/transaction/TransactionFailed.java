package io.shardshift.agent.transaction;

import org.jspecify.annotations.Nullable;

/** A transaction cannot go on. The kind says what the application is told and what has changed. */
public final class TransactionFailed extends Exception {
    /** What it means. */
    public enum Kind {
        /** Nothing executed yet and the fence does not fit now: wait, and begin again under the newest routes [13][14]. */
        NOT_NOW,
        /** Rolled back, nothing has changed; SQLState 40001. */
        RETRY,
        /** Refused before anything changed; SQLState 0A000. */
        REFUSED,
        /** Committed or not; SQLState 08007. */
        OUTCOME_UNKNOWN,
        /** The statement's own failure: the cause is the server's SQLException, shown as it is. */
        STATEMENT
    }

    private final Kind kind;

    public TransactionFailed(Kind kind, @Nullable String message, @Nullable Throwable cause) {
        super(message == null ? kind.name() : message, cause);
        this.kind = kind;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    public Kind kind() {
        return kind;
    }
}
