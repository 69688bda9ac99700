package io.shardshift.cluster;

import java.nio.file.Path;
import java.util.List;

/** A program that starts a cluster in the directory that is its argument, prints mysqld's pids on a line, and stays. */
final class ClusterHolder {
    private ClusterHolder() {}

    public static void main(String[] arguments) throws Exception {
        Cluster cluster = Cluster.start(new ClusterOptions(1, Path.of(arguments[0]), false, false, List.of()));
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
        System.out.println(cluster.mysql(0).pid());
        System.out.flush();
        while (System.in.read() >= 0) {
            // until the test ends it
        }
        System.exit(0);
    }
}
