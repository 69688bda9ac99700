package io.shardshift.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One cluster per test JVM, started when first asked for and ended with the JVM; each test takes a schema of its own. A
 * server that does not come fails the test. Thread-safe.
 */
public final class TestCluster {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static @Nullable Cluster cluster;

    private TestCluster() {}

    private static synchronized Cluster cluster() {
        Cluster running = cluster;
        if (running == null) {
            try {
                System.setProperty("zookeeper.forceSync", "no");
                Path directory = Files.createTempDirectory("shardshift-test-");
                running = Cluster.start(new ClusterOptions(0, directory, false, false, List.of()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            cluster = running;
            Runtime.getRuntime().addShutdownHook(new Thread(running::close, "end-test-cluster"));
        }
        return running;
    }

    /** The server of that number, counted from 0; started if it is not there yet. */
    public static synchronized MysqlServer mysql(int number) {
        Cluster running = cluster();
        try {
            while (running.mysqlServers().size() <= number) {
                running.addServer();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return running.mysql(number);
    }

    public static ZooKeeperServer zookeeper() {
        return cluster().zookeeper();
    }

    /** A fresh, empty schema on server {@code number}; closing it drops it. */
    public static TestSchema schema(int number, String prefix) {
        MysqlServer server = mysql(number);
        String name = prefix + "_" + SCHEMAS.incrementAndGet();
        try {
            server.createSchema(name);
        } catch (SQLException e) {
            throw new IllegalStateException("no schema " + name + " on " + server.name(), e);
        }
        return new TestSchema(server, name);
    }
}
