package io.shardshift.controller.pacing;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardSessions.Purpose;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The largest lag of a shard's visible replicas: those that are connected and say where they are reached
 * ({@code report_host}). With none there is nothing to wait for; a visible replica that cannot be asked, or whose applier
 * stands, is a missed reading, and so is a primary that does not list them. Thread-safe.
 */
public final class ReplicaLag {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaLag.class);
    private static final Duration READING = Duration.ofSeconds(1);

    /** Opens a connection to a replica of {@code shard}; bounded in time. */
    @FunctionalInterface
    public interface Connections {
        Connection open(ShardName shard, String host, int port) throws SQLException;
    }

    private record Replica(String host, int port) {}

    private final ShardSessions sessions;
    private final Connections connections;
    private final Timing timing;

    public ReplicaLag(ShardSessions sessions, Connections connections, Timing timing) {
        this.sessions = sessions;
        this.connections = connections;
        this.timing = timing;
    }

    public Signal signal(ShardName shard, Duration limit) {
        return Signal.of("replica_lag(" + shard + ")", limit.toMillis() / 1000.0, "s", () -> read(shard));
    }

    private OptionalDouble read(ShardName shard) {
        List<Replica> replicas;
        try (ShardSession session = sessions.open(shard, Purpose.PLAIN, timing.deadlineIn(READING))) {
            replicas = session.execute(on -> replicas(((JdbcShardSession) on).connection()));
        } catch (ShardException e) {
            LOG.debug("{} does not list its replicas", shard, e);
            return OptionalDouble.empty();
        }
        double most = 0;
        for (Replica replica : replicas) {
            try (Connection connection = connections.open(shard, replica.host(), replica.port())) {
                OptionalDouble lag = ServerSignals.secondsBehindSource(connection);
                if (lag.isEmpty()) {
                    return lag;
                }
                most = Math.max(most, lag.getAsDouble());
            } catch (SQLException e) {
                LOG.debug("no reading from {} of {}", replica, shard, e);
                return OptionalDouble.empty();
            }
        }
        return OptionalDouble.of(most);
    }

    private static List<Replica> replicas(Connection connection) throws SQLException {
        List<Replica> replicas = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW REPLICAS")) {
            while (result.next()) {
                String host = result.getString("Host");
                if (host != null && !host.isEmpty()) {
                    replicas.add(new Replica(host, result.getInt("Port")));
                }
            }
        }
        return replicas;
    }
}
