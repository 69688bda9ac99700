package io.shardshift.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.jspecify.annotations.Nullable;

/** A real ZooKeeper server inside this process, loopback only. Thread-safe by lock. */
public final class ZooKeeperServer implements AutoCloseable {
    private static final long START_MILLIS = 60_000;

    private final Path directory;
    private int port;
    private @Nullable ZooKeeperServerEmbedded server;

    private ZooKeeperServer(Path directory) {
        this.directory = directory;
    }

    static ZooKeeperServer start(Path parent) throws IOException {
        ZooKeeperServer zookeeper = new ZooKeeperServer(Files.createDirectories(parent.resolve("zookeeper")));
        zookeeper.restart();
        return zookeeper;
    }

    /** Starts it again on the same data and port; nothing if it runs. */
    public synchronized void restart() throws IOException {
        if (server != null) {
            return;
        }
        Properties settings = new Properties();
        settings.setProperty("clientPort", Integer.toString(port));
        settings.setProperty("clientPortAddress", "127.0.0.1");
        settings.setProperty("admin.enableServer", "false");
        settings.setProperty("tickTime", "500");
        settings.setProperty("maxClientCnxns", "0");
        settings.setProperty("preAllocSize", "64"); // KiB; the default is a 64 MB log file per server
        try {
            ZooKeeperServerEmbedded started = ZooKeeperServerEmbedded.builder()
                    .baseDir(directory)
                    .configuration(settings)
                    .exitHandler(ExitHandler.LOG_ONLY)
                    .build();
            started.start(START_MILLIS);
            String connect = started.getConnectionString();
            port = Integer.parseInt(connect.substring(connect.lastIndexOf(':') + 1));
            server = started;
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("ZooKeeper did not start in " + directory, e);
        }
    }

    public synchronized String connectString() {
        return "127.0.0.1:" + port;
    }

    /** Stops answering; the data stays. */
    public synchronized void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    @Override
    public void close() {
        stop();
    }
}
