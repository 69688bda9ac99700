package io.shardshift.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code cluster up|status|down}: a cluster by hand. Standard output is JSON, all else goes to standard error. Exit code 0
 * done (status: up), 1 failed (status: not up), 2 wrong usage.
 */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Real MySQL servers and a ZooKeeper on this machine, on loopback.",
        footer = {
            "",
            "Exit code: 0 done, 1 failed (status: not up), 2 wrong usage.",
            "SHARDSHIFT_CACHE     where MySQL is unpacked once (~/.cache/shardshift)",
            "SHARDSHIFT_MYSQL_HOME  base directory of a MySQL 8.0 of yours, to use instead"
        })
public final class ClusterCommand {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    /** The keeper kills its servers and deletes their data: a second or two, many times that on a busy machine. */
    private static final long DOWN_SECONDS = 60;

    private static final int MOST_SERVERS = 32;

    @Spec
    private @Nullable CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new ClusterCommand()).setExecutionExceptionHandler((failure, line, parsed) -> {
            if (!(failure instanceof IOException)) {
                line.getErr().println(line.getColorScheme().stackTraceText(failure)); // a bug: for a report
            }
            line.getErr().println("cluster: " + ClusterKeeper.messages(failure));
            return FAILED;
        });
    }

    static final class DirectoryOption {
        @Option(names = "--dir", required = true, paramLabel = "DIR", description = "the cluster's own directory")
        private Path path = Path.of("");

        ClusterDirectory directory() throws IOException {
            return ClusterDirectory.of(path);
        }
    }

    private CommandLine line() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not set the command's model");
        }
        return spec.commandLine();
    }

    private PrintWriter out() {
        return line().getOut();
    }

    private PrintWriter err() {
        return line().getErr();
    }

    /** Starts a keeper and waits until all servers answer. Refused while a cluster is up there. */
    @Command(name = "up", description = "Starts servers, prints how to reach them, and returns.")
    int up(
            @Mixin DirectoryOption dir,
            @Option(names = "--mysql", paramLabel = "N", defaultValue = "3", description = "MySQL servers (3)")
                    int mysqlServers,
            @Option(
                            names = "--fast",
                            description = "do not wait for the disk at each commit: no plan passes preflight there")
                    boolean fast,
            @Option(names = "--durable", description = "each commit is on the disk before it is acknowledged (default)")
                    boolean durable)
            throws IOException {
        if (fast && durable) {
            throw new CommandLine.ParameterException(line(), "--fast and --durable exclude each other");
        }
        if (mysqlServers < 0 || mysqlServers > MOST_SERVERS) {
            throw new CommandLine.ParameterException(
                    line(), "--mysql is " + mysqlServers + ", not from 0 to " + MOST_SERVERS);
        }
        ClusterDirectory directory = ClusterDirectory.create(dir.path);
        if (directory.isHeld()) {
            throw new IOException("a cluster is up or starting in " + directory.path()
                    + "; see it by: cluster status, end it by: cluster down");
        }
        if (directory.hasRemains()) {
            err().println("cluster: the last cluster in " + directory.path()
                    + " did not end in order; its data is removed and a new one started");
        }
        Process keeper = ClusterKeeper.spawn(directory, mysqlServers, !fast);
        Thread abandon = new Thread(keeper::destroy, "end-keeper");
        Runtime.getRuntime().addShutdownHook(abandon); // this command is interrupted before the keeper is ready
        try (BufferedReader said = keeper.inputReader()) {
            String line = said.readLine();
            if (!ClusterKeeper.READY.equals(line)) {
                StringBuilder message = new StringBuilder(line != null ? line : "the keeper ended without a word");
                said.lines().forEach(more -> message.append('\n').append(more));
                throw new IOException(message + "\n(more in " + directory.keeperLog() + ")");
            }
        } finally {
            Runtime.getRuntime().removeShutdownHook(abandon);
        }
        ClusterDescription description = directory
                .description()
                .orElseThrow(() -> new IOException("the cluster in " + directory.path() + " was ended meanwhile"));
        out().println(description.toJson());
        return DONE;
    }

    @Command(name = "status", description = "Prints what up printed, if the cluster is up; exit code 1 if not.")
    int status(@Mixin DirectoryOption dir) throws IOException {
        ClusterDirectory directory = dir.directory();
        Optional<ClusterDescription> description = directory.description();
        if (!directory.isHeld()) {
            err().println("cluster: down: no cluster is up in " + directory.path()
                    + (directory.hasRemains() ? "; the last one was killed and left data, see: cluster down" : ""));
            return FAILED;
        }
        if (description.isEmpty()) {
            err().println("cluster: starting: the servers in " + directory.path() + " do not answer yet");
            return FAILED;
        }
        out().println(description.get().toJson());
        err().println("cluster: up: " + directory.path());
        return DONE;
    }

    /** Ends the keeper and waits until all its processes are gone. Twice is harmless. */
    @Command(name = "down", description = "Ends the servers and removes their data.")
    int down(@Mixin DirectoryOption dir) throws IOException {
        ClusterDirectory directory = dir.directory();
        boolean wasUp = directory.isHeld();
        if (!wasUp && !directory.hasRemains()) {
            err().println("cluster: no cluster is up in " + directory.path());
            return DONE;
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(DOWN_SECONDS);
        boolean asked = false;
        while (true) {
            try (ClusterDirectory.Held held = directory.tryHold()) {
                if (held != null) {
                    held.removeRemains(ClusterKeeper.REMAINS_SECONDS);
                    break;
                }
            }
            OptionalLong keeper = directory.keeperPid();
            if (!asked && keeper.isPresent()) {
                asked = ProcessHandle.of(keeper.getAsLong())
                        .map(ProcessHandle::destroy)
                        .orElse(false);
            }
            if (System.nanoTime() > end) {
                throw new IOException("the keeper in " + directory.path() + " (pid "
                        + (keeper.isPresent() ? keeper.getAsLong() : "unknown") + ") has not ended within "
                        + DOWN_SECONDS + " s");
            }
            ClusterDirectory.pause();
        }
        err().println("cluster: down: " + directory.path()
                + (wasUp ? "" : " (it had been killed; what it left is removed)"));
        return DONE;
    }
}
