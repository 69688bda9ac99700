package io.shardshift.controller.copy;

import io.shardshift.api.routing.GroupId;

/**
 * The attempt number of each group: raised whenever phase 1 is entered anew. Thread-safe, quick.
 *
 * <p>An answer may be old: what is then done counts for the old attempt only [34]. It is never newer than what is recorded.
 */
@FunctionalInterface
public interface Attempts {
    long current(GroupId group);
}
