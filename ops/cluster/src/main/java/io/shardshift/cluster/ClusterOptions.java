package io.shardshift.cluster;

import java.nio.file.Path;
import java.util.List;

/**
 * What to start.
 *
 * @param mysqlServers number of MySQL servers
 * @param directory where data and logs go; made if absent
 * @param durable {@code sync_binlog=1} and {@code innodb_flush_log_at_trx_commit=1}; false is for tests that never crash a server
 * @param keepDirectory whether data and logs stay after {@link Cluster#close}
 * @param mysqldOptions further options of every mysqld
 */
public record ClusterOptions(
        int mysqlServers, Path directory, boolean durable, boolean keepDirectory, List<String> mysqldOptions) {
    public ClusterOptions {
        mysqldOptions = List.copyOf(mysqldOptions);
    }
}
