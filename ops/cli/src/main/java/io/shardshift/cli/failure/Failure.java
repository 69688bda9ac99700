package io.shardshift.cli.failure;

import org.jspecify.annotations.Nullable;

/** Ends a command: the exit code, the report for stderr and, where a controller sent one, its JSON for {@code --json}. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final String report;
    private final @Nullable String json;

    /** {@code report} is shown as it is, in the layout of {@code ProblemLayout}. */
    public Failure(int exitCode, String report) {
        this(exitCode, report, null, null);
    }

    /** {@code json} is what the controller answered; {@code cause} is kept for whoever debugs the command. */
    public Failure(int exitCode, String report, @Nullable String json, @Nullable Throwable cause) {
        super(report, cause);
        this.exitCode = exitCode;
        this.report = report;
        this.json = json;
    }

    public int exitCode() {
        return exitCode;
    }

    public String report() {
        return report;
    }

    public @Nullable String json() {
        return json;
    }
}
