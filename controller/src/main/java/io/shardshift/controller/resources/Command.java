package io.shardshift.controller.resources;

import java.util.Locale;

/** What an operator may tell a migration to do. */
public enum Command {
    ADVANCE,
    PAUSE,
    RESUME,
    ROLLBACK,
    COMPLETE,
    PURGE;

    /** The last part of the command's path. */
    public String path() {
        return name().toLowerCase(Locale.ROOT);
    }
}
