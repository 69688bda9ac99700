package io.shardshift.controller.resources;

/** An operator's command to a migration. */
public enum Command {
    ADVANCE,
    PAUSE,
    RESUME,
    ROLLBACK,
    COMPLETE,
    PURGE
}
