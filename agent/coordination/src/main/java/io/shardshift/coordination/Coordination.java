package io.shardshift.coordination;

import java.util.List;
import java.util.Optional;

/**
 * Small versioned nodes with watches, sessions and transactions, as a port. Every call is bounded by the client's time-out
 * and throws {@link CoordinationException}; a write that failed with UNREACHABLE may or may not have taken effect. Thread-safe.
 */
public interface Coordination extends AutoCloseable {
    /** A node's data (never null) and version. */
    record Node(byte[] data, int version) {}

    /** The node at {@code path}, as some server of the ensemble has it: never older than this client has seen. */
    Optional<Node> read(String path) throws CoordinationException;

    /** Names of the children, sorted; empty too when there is no such node. */
    List<String> children(String path) throws CoordinationException;

    /** All or nothing. CONFLICT when a check, version or existence did not hold: then nothing has changed. */
    void transact(List<Operation> operations) throws CoordinationException;

    default void transact(Operation... operations) throws CoordinationException {
        transact(List.of(operations));
    }

    /** Makes the node and its parents, all persistent and empty, unless they are there. */
    void ensure(String path) throws CoordinationException;

    /** Brings this client's view up to date with all that was committed before the call. */
    void sync(String path) throws CoordinationException;

    /**
     * Calls {@code onChange} after each change of the node's data or existence or of its list of children, and after each
     * re-connection, until the watch is closed. Changes may be merged, and a call may come late or without a change: read
     * then. {@code onChange} runs in the client's thread and may only hand over.
     */
    Watch watch(String path, Runnable onChange) throws CoordinationException;

    /** Calls {@code listener} in the client's thread at each change of the session's state. */
    void onSession(java.util.function.Consumer<SessionState> listener);

    SessionState sessionState();

    @Override
    void close();

    /** A watch, until closed. Closing is idempotent. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** LOST: ephemeral nodes are gone or will be; the client opens a new session by itself. */
    enum SessionState {
        CONNECTED,
        SUSPENDED,
        LOST
    }
}
