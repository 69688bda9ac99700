package io.shardshift.api.problem;

import org.jspecify.annotations.Nullable;

/** Carries a {@link Problem} to whoever shows it. */
public class ProblemException extends Exception {
    private final transient Problem problem;

    public ProblemException(Problem problem) {
        this(problem, null);
    }

    public ProblemException(Problem problem, @Nullable Throwable cause) {
        super(problem.toString(), cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
