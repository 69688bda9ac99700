package io.shardshift.controller.fence;

import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections for fences, of which one for each shard is kept for a second after it was of use: a hand-off, whose every
 * millisecond holds writers, opens none between its stages. Thread-safe.
 */
public final class KeptConnections implements JdbcFenceChanger.Connections {
    private static final Logger LOG = LoggerFactory.getLogger(KeptConnections.class);

    /** A controller paused in the middle of a change keeps the fence for at most this long: the server drops it [22]. */
    private static final String SETTINGS = "wait_timeout=2,innodb_lock_wait_timeout=1,time_zone='+00:00'";

    /** Under wait_timeout, so that a connection taken up again is not one that the server has just dropped. */
    private static final Duration KEEP_IDLE = Duration.ofSeconds(1);

    private record Kept(Connection connection, long sinceNanos) {}

    private final Function<ShardName, ShardEndpoint> endpoints;
    private final Credentials credentials;
    private final String programName;
    private final Timing timing;
    private final Map<ShardName, Kept> idle = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param programName shown in the server's connection attributes, such as {@code shardshift-controller} */
    public KeptConnections(
            Function<ShardName, ShardEndpoint> endpoints, Credentials credentials, String programName, Timing timing) {
        this.endpoints = endpoints;
        this.credentials = credentials;
        this.programName = programName;
        this.timing = timing;
    }

    @Override
    public Connection open(ShardName shard, Deadline deadline) throws SQLException {
        Kept kept = idle.remove(shard); // taken out: nobody else can have it
        if (kept != null) {
            if (timing.nanoTime() - kept.sinceNanos() < KEEP_IDLE.toNanos()) {
                return kept.connection();
            }
            close(kept.connection());
        }
        ShardEndpoint endpoint = endpoints.apply(shard);
        String millis = Integer.toString(deadline.leftMillisAtLeastOne());
        Properties properties = JdbcShardSessions.properties(endpoint, credentials, programName);
        properties.setProperty("allowMultiQueries", "true");
        properties.setProperty("connectTimeout", millis);
        properties.setProperty("socketTimeout", millis);
        properties.setProperty("sessionVariables", SETTINGS);
        return DriverManager.getConnection(endpoint.url(), properties);
    }

    @Override
    public void giveBack(ShardName shard, Connection connection) {
        @Nullable Kept before = idle.put(shard, new Kept(connection, timing.nanoTime()));
        if (before != null) {
            close(before.connection());
        }
        if (closed) { // after the put: close() sees it, or this does
            close();
        }
    }

    /** Closes what is idle; what is in use is closed when it is given back. Harmless to repeat. */
    @Override
    public void close() {
        closed = true;
        for (ShardName shard : idle.keySet()) {
            Kept kept = idle.remove(shard);
            if (kept != null) {
                close(kept.connection());
            }
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection that is given up did not close politely", e);
        }
    }
}
