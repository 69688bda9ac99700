package io.shardshift.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** MySQL servers and a ZooKeeper that live as long as this object, and no longer than this process. Thread-safe. */
public final class Cluster implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);

    private final ClusterOptions options;
    private final MysqlInstallation installation;
    private final List<MysqlServer> servers = new ArrayList<>();
    private final ZooKeeperServer zookeeper;

    private Cluster(ClusterOptions options, MysqlInstallation installation, ZooKeeperServer zookeeper) {
        this.options = options;
        this.installation = installation;
        this.zookeeper = zookeeper;
    }

    /** Starts everything and returns when all servers answer; on failure nothing is left running. */
    public static Cluster start(ClusterOptions options) throws IOException {
        Files.createDirectories(options.directory());
        MysqlInstallation installation = MysqlInstallation.open();
        Cluster cluster = new Cluster(options, installation, ZooKeeperServer.start(options.directory()));
        List<CompletableFuture<MysqlServer>> starting = new ArrayList<>();
        for (int i = 0; i < options.mysqlServers(); i++) {
            int number = i;
            starting.add(CompletableFuture.supplyAsync(() -> cluster.startServer(number), starter -> {
                Thread thread = new Thread(starter, "start-mysql-" + number);
                thread.setDaemon(true); // whoever is told to end does not wait for a server that comes
                thread.start();
            }));
        }
        CompletionException failure = null;
        for (CompletableFuture<MysqlServer> server : starting) {
            try {
                cluster.add(server.join());
            } catch (CompletionException e) {
                failure = e;
            }
        }
        if (failure != null) {
            cluster.close();
            throw new IOException("a MySQL server did not start", failure.getCause());
        }
        return cluster;
    }

    private MysqlServer startServer(int number) {
        try {
            return MysqlServer.start(
                    number, options.directory(), installation, options.durable(), options.mysqldOptions());
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private synchronized void add(MysqlServer server) {
        servers.add(server);
    }

    /** One more server, with the number after the last. */
    public synchronized MysqlServer addServer() throws IOException {
        MysqlServer server = MysqlServer.start(
                servers.size(), options.directory(), installation, options.durable(), options.mysqldOptions());
        servers.add(server);
        return server;
    }

    public synchronized MysqlServer mysql(int number) {
        return servers.get(number);
    }

    public synchronized List<MysqlServer> mysqlServers() {
        return List.copyOf(servers);
    }

    public ZooKeeperServer zookeeper() {
        return zookeeper;
    }

    @Override
    public synchronized void close() {
        servers.forEach(MysqlServer::close);
        zookeeper.close();
        if (!options.keepDirectory()) {
            try {
                MysqlInstallation.deleteTree(options.directory());
            } catch (IOException e) {
                LOG.warn("{} could not be removed", options.directory(), e);
            }
        }
    }
}
