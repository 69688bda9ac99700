package io.shardshift.agent.transaction;

/** Named places of a commit at which a test can stop a transaction, so that a race is replayed without sleeping. */
public enum PausePoint {
    /** The touched rows have been read and locked at the owner. */
    AFTER_OWNER_READ,
    /** The mirror's rows are equal; nothing is committed. */
    BEFORE_OWNER_COMMIT,
    /** The owner has committed, the mirror not yet. */
    BETWEEN_COMMITS;

    /** What happens there. */
    @FunctionalInterface
    public interface Hook {
        void reached(PausePoint point);
    }

    /** Nothing happens. */
    public static final Hook NONE = point -> {};
}
