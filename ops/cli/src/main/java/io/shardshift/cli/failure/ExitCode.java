package io.shardshift.cli.failure;

/** The exit codes of the command; scripts lean on them. */
public final class ExitCode {
    /** Done, or already so. */
    public static final int DONE = 0;
    /** Failed for a reason that has no code of its own; also a migration that ended as FAILED. */
    public static final int FAILED = 1;
    /** The command line, a file's name or the environment is wrong; nothing was sent. */
    public static final int USAGE = 2;
    /** The controller or the plan's reader refused; nothing has changed. */
    public static final int REFUSED = 3;
    /** The migration was blocked or had not ended when {@code --timeout} did. */
    public static final int WAITING = 4;
    /** No controller answered, also after the retries. */
    public static final int UNREACHABLE = 5;

    private ExitCode() {}
}
