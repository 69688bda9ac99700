package io.shardshift.lab.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.shardshift.cluster.Cluster;
import io.shardshift.cluster.ClusterDescription;
import io.shardshift.cluster.ClusterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers for demo and bench, as long as this object: either its own, or MySQL servers that {@code cluster up} or the user has
 * described in a file. Of the latter only the schemas that were made here are removed. ZooKeeper is always its own, so that
 * nothing of the user's is seen by the controller that is started, or touched. Thread-safe.
 */
public final class LabServers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LabServers.class);

    private final Cluster own;
    private final List<LabServer> mysql;
    private boolean closed;

    private LabServers(Cluster own, List<ClusterDescription.Mysql> mysql, int wanted) {
        this.own = own;
        this.mysql = mysql.stream().limit(wanted).map(LabServer::new).toList();
    }

    /**
     * Starts a ZooKeeper, and {@code wanted} MySQL servers with durable settings or takes those of {@code file}. They end, or
     * are cleaned, with the process too.
     *
     * @param file the JSON that {@code cluster up} prints; null: none
     * @throws IOException that says what is wrong with the file, too
     */
    public static LabServers open(@Nullable Path file, int wanted, Path directory) throws IOException {
        List<ClusterDescription.Mysql> given =
                file == null ? null : read(file, wanted).mysql();
        Cluster own = Cluster.start(
                new ClusterOptions(given == null ? wanted : 0, directory.resolve("cluster"), true, false, List.of()));
        LabServers servers = new LabServers(
                own, given == null ? ClusterDescription.of(own, directory).mysql() : given, wanted);
        Runtime.getRuntime().addShutdownHook(new Thread(servers::close, "end-servers"));
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
        int described = description.mysql().size();
        if (described < wanted) {
            throw new IOException(file + " names " + described + " MySQL servers; needed are " + wanted);
        }
        return description;
    }

    public List<LabServer> mysql() {
        return mysql;
    }

    public String zookeeper() {
        return own.zookeeper().connectString();
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
        boolean isGiven = own.mysqlServers().isEmpty();
        for (LabServer server : isGiven ? mysql : List.<LabServer>of()) {
            try {
                server.dropMade();
            } catch (SQLException e) {
                LOG.warn("schemas stay on {}", server.name(), e);
            }
        }
        own.close();
    }
}
