package io.shardshift.lab.bench;

import io.shardshift.lab.process.ControllerProcess;
import io.shardshift.lab.process.LabServer;
import io.shardshift.lab.process.LabServers;
import io.shardshift.shard.Credentials;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Real servers and a ZooKeeper, as long as this object; the credentials of server n are {@code bench-n}. */
final class BenchServers implements AutoCloseable {
    private final Path directory;
    private final LabServers servers;

    private BenchServers(Path directory, LabServers servers) {
        this.directory = directory;
        this.servers = servers;
    }

    static BenchServers start(int wanted, BenchOptions options, PrintStream out) throws IOException {
        Path directory = Files.createTempDirectory("shardshift-bench-");
        out.println((options.cluster == null
                        ? "  starting " + wanted + " MySQL server(s) with durable settings, and ZooKeeper"
                        : "  on " + wanted + " MySQL server(s) of " + options.cluster + ", with a ZooKeeper of its own")
                + "; logs in " + directory);
        return new BenchServers(directory, LabServers.open(options.cluster, wanted, directory));
    }

    /** For logs; it stays. */
    Path directory() {
        return directory;
    }

    LabServer mysql(int number) {
        return servers.mysql().get(number);
    }

    String zookeeper() {
        return servers.zookeeper();
    }

    ControllerProcess startController(PrintStream out) throws IOException, InterruptedException {
        out.println("  starting a controller with -Xmx" + ControllerProcess.HEAP_MEBIBYTES + "m");
        return ControllerProcess.start(directory, zookeeper(), secrets());
    }

    private Map<String, String> secrets() {
        return servers.secrets("bench");
    }

    Credentials credentials() {
        return new Credentials(secrets());
    }

    @Override
    public void close() {
        servers.close();
    }
}
