package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.pacing.ReplicaLag;
import io.shardshift.controller.pacing.ServerSignals;
import io.shardshift.controller.pacing.Signal;
import io.shardshift.controller.pacing.Throttle;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;

/** What copy and verification of one migration go by: load, undo and replica lag of every shard that they work on. */
final class PacingSignals {
    /** Often enough that a replica's lag does not grow by more than a second unseen; each costs three short queries. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A server with so many statements at work queues more than it computes, on whatever machine. */
    private static final double MOST_THREADS_RUNNING = 100;

    /** The usual alarm: reads of old snapshots are slow from here on. */
    private static final double MOST_HISTORY = 1e6;

    private static final String READING_MILLIS = "1000";

    private PacingSignals() {}

    static Throttle throttle(
            MigrationRecord migration,
            KeyspaceRecord keyspace,
            JdbcShardSessions sessions,
            Credentials credentials,
            Timing timing) {
        ServerSignals servers = new ServerSignals(sessions, timing);
        ReplicaLag replicas = new ReplicaLag(
                sessions,
                (shard, host, port) -> replica(MigrationWiring.endpoint(keyspace, shard), host, port, credentials),
                timing);
        List<Signal> signals = new ArrayList<>();
        for (ShardName shard : migration.shards()) {
            signals.add(servers.threadsRunning(shard, MOST_THREADS_RUNNING));
            signals.add(servers.historyListLength(shard, MOST_HISTORY));
            signals.add(replicas.signal(shard, migration.plan().pacing().maxReplicaLag()));
        }
        return new Throttle(timing, INTERVAL, signals);
    }

    /** The shard's replica, by the shard's own user. */
    private static Connection replica(ShardEndpoint shard, String host, int port, Credentials credentials)
            throws SQLException {
        Properties properties = JdbcShardSessions.properties(shard, credentials, MigrationWiring.PROGRAM);
        properties.setProperty("connectTimeout", READING_MILLIS);
        properties.setProperty("socketTimeout", READING_MILLIS);
        String where = host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
        return DriverManager.getConnection(
                shard.url().replaceFirst("//[^/]*", "//" + Matcher.quoteReplacement(where)), properties);
    }
}
