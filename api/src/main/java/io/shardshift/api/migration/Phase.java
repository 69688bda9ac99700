package io.shardshift.api.migration;

/** The phases of a migration, as everything outside names them. Never compared by order: ask. */
public enum Phase {
    PREPARE,
    DUAL_WRITE,
    READ_NEW_FIRST,
    BACKFILL,
    STOP_OLD_WRITES,
    COMPLETE;

    /** Whether agents write to both shards of a group that has not been handed over. */
    public boolean writesAreMirrored() {
        return switch (this) {
            case DUAL_WRITE, READ_NEW_FIRST, BACKFILL, STOP_OLD_WRITES -> true;
            case PREPARE, COMPLETE -> false;
        };
    }
}
