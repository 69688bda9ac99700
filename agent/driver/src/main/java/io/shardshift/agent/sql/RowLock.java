package io.shardshift.agent.sql;

/** The locks that a query takes: the strongest of its locking clauses, those of subqueries included. */
public record RowLock(Strength strength, Wait onLocked) {

    /** No locking clause. */
    public static final RowLock NONE = new RowLock(Strength.NONE, Wait.WAIT);

    /** Strength of row locks. */
    public enum Strength {
        /** A consistent read. */
        NONE,
        /** {@code FOR SHARE}, {@code LOCK IN SHARE MODE}. */
        SHARE,
        /** {@code FOR UPDATE}. */
        UPDATE
    }

    /** What happens at a row that another transaction has locked. */
    public enum Wait {
        /** It waits. */
        WAIT,
        /** {@code NOWAIT}: it fails. */
        NOWAIT,
        /** {@code SKIP LOCKED}: it leaves the row out. */
        SKIP_LOCKED
    }

    /** Whether any row is locked. */
    public boolean locks() {
        return strength != Strength.NONE;
    }

    /** The clause in MySQL 8's words, empty without a lock. */
    public String clause() {
        String suffix = switch (onLocked) {
            case WAIT -> "";
            case NOWAIT -> " NOWAIT";
            case SKIP_LOCKED -> " SKIP LOCKED";
        };
        return switch (strength) {
            case NONE -> "";
            case SHARE -> "FOR SHARE" + suffix;
            case UPDATE -> "FOR UPDATE" + suffix;
        };
    }
}
