package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;

/** A hand-off was begun and taken back: writers waited, no row has moved. */
final class HandoffTakenBack extends ProblemException {
    HandoffTakenBack(Problem problem) {
        super(problem);
    }
}
