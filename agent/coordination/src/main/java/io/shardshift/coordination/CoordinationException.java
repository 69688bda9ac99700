package io.shardshift.coordination;

import org.jspecify.annotations.Nullable;

/** ZooKeeper did not do what was asked. */
public final class CoordinationException extends Exception {
    /** What it means for the caller. */
    public enum Kind {
        /** A check, version or existence did not hold; nothing has changed. */
        CONFLICT,
        /** No answer in time: a write may or may not have taken effect. */
        UNREACHABLE,
        /** Refused for good: rights, size, a bad path. */
        REFUSED
    }

    private final Kind kind;

    public CoordinationException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
