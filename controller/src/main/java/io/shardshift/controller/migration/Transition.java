package io.shardshift.controller.migration;

import org.jspecify.annotations.Nullable;

/**
 * What the machine decided.
 *
 * @param next the state to store before anything is run
 * @param run the step to run, null when there is nothing to run now
 * @param stopRunning whether the step that runs is to be stopped first
 */
public record Transition(MigrationState next, @Nullable Step run, boolean stopRunning) {
    static Transition stay(MigrationState state) {
        return new Transition(state, null, false);
    }

    static Transition run(MigrationState next) {
        return new Transition(next, next.step(), false);
    }
}
