package io.shardshift.cluster;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that a cluster started by {@code cluster up} lives in: ZooKeeper is inside it, mysqld below it. It ends, and
 * all with it, on SIGTERM.
 *
 * <p>It tells its parent {@link #READY} on standard output, or what went wrong; afterwards it says nothing.
 */
final class ClusterKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterKeeper.class);
    static final String READY = "ready";
    /** Servers of a killed keeper end within a second; past this they are stuck. */
    static final long REMAINS_SECONDS = 30;

    /** Ctrl-C and the end of a terminal go to a whole session or process group: the keeper leaves both. */
    private static final String DETACH =
            "if command -v setsid >/dev/null; then exec setsid \"$@\"; fi; trap '' INT HUP; exec \"$@\"";

    private ClusterKeeper() {}

    /** Starts a keeper as a process of its own; its standard output is for the caller to read. */
    static Process spawn(ClusterDirectory directory, int mysqlServers, boolean durable) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", DETACH, "sh"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Djava.awt.headless=true",
                "-Dlogback.configurationFile=io/shardshift/cluster/keeper-logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                ClusterKeeper.class.getName(),
                directory.path().toString(),
                Integer.toString(mysqlServers),
                Boolean.toString(durable)));
        return new ProcessBuilder(command)
                .directory(directory.path().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(directory.keeperLog().toFile()))
                .start();
    }

    /** Arguments: directory, number of MySQL servers, whether they are durable. */
    public static void main(String[] arguments) {
        PrintStream parent = System.out;
        try {
            keep(ClusterDirectory.of(Path.of(arguments[0])), Integer.parseInt(arguments[1]), arguments[2], parent);
        } catch (IOException | RuntimeException e) {
            LOG.error("the cluster ended", e);
            parent.println(messages(e));
            System.exit(1); // a thread of ZooKeeper may outlive it
        }
    }

    private static void keep(ClusterDirectory directory, int mysqlServers, String durable, PrintStream parent)
            throws IOException {
        ClusterDirectory.Held held = directory.tryHold();
        if (held == null) {
            throw new IOException("a cluster is up or starting in " + directory.path());
        }
        held.writePid();
        held.removeRemains(REMAINS_SECONDS);
        boolean isDurable = Boolean.parseBoolean(durable);
        if (!isDurable) {
            System.setProperty("zookeeper.forceSync", "no");
        }
        Cluster cluster =
                Cluster.start(new ClusterOptions(mysqlServers, directory.data(), isDurable, false, List.of()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cluster, held), "end-cluster"));
        held.writeDescription(ClusterDescription.of(cluster, directory.path()));
        parent.println(READY);
        stay();
    }

    /** Until a signal runs the hook. */
    private static void stay() {
        while (true) {
            LockSupport.park();
        }
    }

    private static void end(Cluster cluster, ClusterDirectory.Held held) {
        cluster.close();
        try {
            held.removeRemains(REMAINS_SECONDS);
        } catch (IOException e) {
            LOG.error("its files stay in {}", held, e); // `down` says the same when it looks
        }
    }

    /** The messages of an exception and its causes, outermost first. */
    static String messages(Throwable failure) {
        List<String> messages = new ArrayList<>();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            messages.add(message != null ? message : cause.getClass().getSimpleName());
        }
        return String.join(": ", messages);
    }
}
