package io.shardshift.controller.migration;

import io.shardshift.api.problem.Problem;

/** An operator's command does not fit the state; nothing has changed. */
public final class CommandRefused extends Exception {
    private final transient Problem problem;

    CommandRefused(Problem problem) {
        super(problem.toString());
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
