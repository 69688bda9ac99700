package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.controller.store.LeadershipLost;

/** What a failed access to the store means to whoever asked the API. */
final class StoreProblems {
    private StoreProblems() {}

    static ProblemException of(Exception e) {
        if (e instanceof LeadershipLost) {
            return new ProblemException(
                    Problem.of(ErrorCode.NO_LEADER, "{}. Nothing has changed.", String.valueOf(e.getMessage())), e);
        }
        return new ProblemException(
                Problem.of(ErrorCode.STORE_UNREACHABLE, "ZooKeeper: {}", String.valueOf(e.getMessage()))
                        .remedy("try again; status says what has changed"),
                e);
    }

    /** What it means to a step, which is tried again. */
    static ProblemException goesOn(Exception e) {
        return new ProblemException(
                Problem.of(ErrorCode.STORE_UNREACHABLE, "{}. It goes on by itself.", String.valueOf(e.getMessage())),
                e);
    }
}
