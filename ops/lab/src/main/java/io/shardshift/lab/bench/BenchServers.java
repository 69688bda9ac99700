package io.shardshift.lab.bench;

import io.shardshift.cluster.Cluster;
import io.shardshift.cluster.ClusterOptions;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.lab.process.ControllerProcess;
import io.shardshift.shard.Credentials;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Real servers with durable settings and a ZooKeeper, as long as this object; the credentials of server n are {@code bench-n}. */
final class BenchServers implements AutoCloseable {
    private final Path directory;
    private final Cluster cluster;

    private BenchServers(Path directory, Cluster cluster) {
        this.directory = directory;
        this.cluster = cluster;
    }

    static BenchServers start(int servers, PrintStream out) throws IOException {
        Path directory = Files.createTempDirectory("shardshift-bench-");
        out.println("  starting " + servers + " MySQL server(s) with durable settings, and ZooKeeper; logs in "
                + directory);
        Cluster cluster =
                Cluster.start(new ClusterOptions(servers, directory.resolve("cluster"), true, false, List.of()));
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "end-cluster"));
        return new BenchServers(directory, cluster);
    }

    /** For logs; it stays. */
    Path directory() {
        return directory;
    }

    MysqlServer mysql(int number) {
        return cluster.mysql(number);
    }

    String zookeeper() {
        return cluster.zookeeper().connectString();
    }

    /** As environment variables, for another process. */
    Map<String, String> secrets() {
        Map<String, String> secrets = new HashMap<>();
        List<MysqlServer> servers = cluster.mysqlServers();
        for (int i = 0; i < servers.size(); i++) {
            secrets.put("SHARDSHIFT_BENCH_" + i + "_USER", servers.get(i).user());
            secrets.put("SHARDSHIFT_BENCH_" + i + "_PASSWORD", servers.get(i).password());
        }
        return secrets;
    }

    ControllerProcess startController(PrintStream out) throws IOException, InterruptedException {
        out.println("  starting a controller with -Xmx" + ControllerProcess.HEAP_MEBIBYTES + "m");
        return ControllerProcess.start(directory, zookeeper(), secrets());
    }

    Credentials credentials() {
        return new Credentials(secrets());
    }

    @Override
    public void close() {
        cluster.close();
    }
}
