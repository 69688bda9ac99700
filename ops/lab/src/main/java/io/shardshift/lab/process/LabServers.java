package io.shardshift.lab.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.shardshift.cluster.Cluster;
import io.shardshift.cluster.ClusterDescription;
import io.shardshift.cluster.ClusterOptions;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.coordination.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers for demo and bench, as long as this object: either its own, or those that {@code cluster up} or the user has
 * described in a file. Of the latter only what was made here is removed: schemas, and a part of ZooKeeper. Thread-safe.
 */
public final class LabServers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LabServers.class);
    private static final Duration ZOOKEEPER = Duration.ofSeconds(10);

    private final @Nullable Cluster own;
    private final List<LabServer> mysql;
    private final String zookeeper;
    private final @Nullable String part;
    private boolean closed;

    private LabServers(@Nullable Cluster own, ClusterDescription description, int wanted, @Nullable String part) {
        this.own = own;
        this.mysql =
                description.mysql().stream().limit(wanted).map(LabServer::new).toList();
        this.zookeeper = description.zookeeper().connect();
        this.part = part;
    }

    /**
     * Starts {@code wanted} MySQL servers with durable settings and a ZooKeeper, or takes those of {@code file}. They end, or
     * are cleaned, with the process too.
     *
     * @param file the JSON that {@code cluster up} prints; null: none
     * @throws IOException that says what is wrong with the file, too
     */
    public static LabServers open(@Nullable Path file, int wanted, Path directory) throws IOException {
        LabServers servers = file == null ? start(wanted, directory) : of(read(file, wanted), wanted);
        Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "end-servers"));
        return servers;
    }

    private static LabServers start(int wanted, Path directory) throws IOException {
        Cluster cluster =
                Cluster.start(new ClusterOptions(wanted, directory.resolve("cluster"), true, false, List.of()));
        return new LabServers(cluster, ClusterDescription.of(cluster, directory), wanted, null);
    }

    private static LabServers of(ClusterDescription description, int wanted) throws IOException {
        String part = "/shardshift-lab-" + UUID.randomUUID();
        LabServers servers = new LabServers(null, description, wanted, part);
        try (CuratorCoordination coordination = servers.coordination()) {
            coordination.ensure(part);
        } catch (CoordinationException e) {
            throw new IOException("ZooKeeper at " + servers.zookeeper + ": " + e.getMessage(), e);
        }
        return servers;
    }

    static ClusterDescription read(Path file, int wanted) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException(file + " cannot be read; cluster up prints what belongs into it");
        }
        ClusterDescription description;
        try {
            description = ClusterDescription.fromJson(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is not what cluster up prints: " + e.getOriginalMessage(), e);
        }
        if (description.zookeeper() == null || description.mysql().size() < wanted) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "%s names %d MySQL servers and %s ZooKeeper; needed are %d and one",
                    file,
                    description.mysql().size(),
                    description.zookeeper() == null ? "no" : "a",
                    wanted));
        }
        return description;
    }

    private CuratorCoordination coordination() {
        return CuratorCoordination.connect(zookeeper, ZOOKEEPER, ZOOKEEPER);
    }

    public List<LabServer> mysql() {
        return mysql;
    }

    /** For agents and controllers: the user's ZooKeeper with a part that nothing else is in. */
    public String zookeeper() {
        return part == null ? zookeeper : zookeeper + part;
    }

    /** The credentials {@code name-0}, {@code name-1} and so on, as environment variables for another process. */
    public Map<String, String> secrets(String name) {
        String prefix = "SHARDSHIFT_" + name.toUpperCase(Locale.ROOT) + "_";
        Map<String, String> secrets = new HashMap<>();
        for (int i = 0; i < mysql.size(); i++) {
            secrets.put(prefix + i + "_USER", mysql.get(i).user());
            secrets.put(prefix + i + "_PASSWORD", mysql.get(i).password());
        }
        return secrets;
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (own != null) {
            own.close();
            return;
        }
        for (LabServer server : mysql) {
            try {
                server.dropMade();
            } catch (SQLException e) {
                LOG.warn("schemas stay on {}", server.name(), e);
            }
        }
        if (part != null) {
            try (CuratorCoordination coordination = coordination()) {
                delete(coordination, part);
            } catch (CoordinationException e) {
                LOG.warn("{} stays in ZooKeeper", part, e);
            }
        }
    }

    private static void delete(CuratorCoordination coordination, String path) throws CoordinationException {
        if (coordination.read(path).isEmpty()) {
            return;
        }
        for (String child : coordination.children(path)) {
            delete(coordination, path + "/" + child);
        }
        coordination.transact(new Operation.Delete(path, Operation.ANY));
    }
}
