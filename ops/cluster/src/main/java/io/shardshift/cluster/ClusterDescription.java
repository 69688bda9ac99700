package io.shardshift.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code cluster up} prints: where the servers are and how to log in. Immutable.
 *
 * @param dir the directory that names the cluster to {@code status} and {@code down}
 */
public record ClusterDescription(String dir, ZooKeeper zookeeper, List<Mysql> mysql) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public ClusterDescription {
        mysql = List.copyOf(mysql);
    }

    /**
     * @param connect {@code host:port}
     * @param pid the process that ZooKeeper lives in: the cluster's keeper
     */
    public record ZooKeeper(String connect, long pid) {}

    /**
     * @param jdbcUrl without a schema
     * @param user may do everything
     * @param pid of mysqld itself
     */
    public record Mysql(String name, String host, int port, String user, String password, String jdbcUrl, long pid) {}

    /** Describes a running cluster whose ZooKeeper is in this process. */
    public static ClusterDescription of(Cluster cluster, Path directory) {
        return new ClusterDescription(
                directory.toString(),
                new ZooKeeper(
                        cluster.zookeeper().connectString(),
                        ProcessHandle.current().pid()),
                cluster.mysqlServers().stream()
                        .map(server -> new Mysql(
                                server.name(),
                                server.host(),
                                server.port(),
                                server.user(),
                                server.password(),
                                server.jdbcUrl(),
                                server.pid()))
                        .toList());
    }

    public static ClusterDescription fromJson(String json) throws JsonProcessingException {
        return JSON.readValue(json, ClusterDescription.class);
    }

    public String toJson() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("text and numbers did not become JSON", e);
        }
    }
}
