package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.Term;
import java.util.Map;
import java.util.Set;

/**
 * What runs while this controller leads.
 *
 * @param migrations those that are run here, by name; thread-safe
 * @param ended those that were seen to have ended: not looked at again; thread-safe
 */
record Lead(
        LeaderStore store, Term term, Map<MigrationName, MigrationCoordinator> migrations, Set<MigrationName> ended) {
    /** Who knows whether this controller leads. */
    @FunctionalInterface
    interface Holder {
        /** Throws NO_LEADER where another controller leads. */
        Lead require() throws ProblemException;
    }
}
