package io.shardshift.api.migration;

/** The phases of a migration, as everything outside names them. Never compared by order: ask. */
public enum Phase {
    PREPARE,
    DUAL_WRITE,
    READ_NEW_FIRST,
    BACKFILL,
    STOP_OLD_WRITES,
    COMPLETE
}
