package io.shardshift.shard;

import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import io.shardshift.shard.ShardException.Kind;
import io.shardshift.shard.ShardSession.Isolation;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link ShardSessions} over Connector/J, with the settings of the protocol's "Sessions". Idle connections of each kind are
 * kept for some seconds and used in turn, so that traffic keeps all of them alive: to open one costs a TLS handshake, and
 * a burst that had to open many would hold itself up. One that saw a connection error is not kept. Thread-safe.
 */
public final class JdbcShardSessions implements ShardSessions, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcShardSessions.class);

    /**
     * With max_error_count 0, which a server may have, LOAD DATA would hide its warnings [8]; a writer that is paused keeps
     * the mirror's rows for no longer than wait_timeout [26].
     */
    private static final String MIRROR_SETTINGS = "sql_mode='STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,"
            + "ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION',max_error_count=64,time_zone='+00:00',foreign_key_checks=0,unique_checks=1,"
            + "innodb_lock_wait_timeout=1,wait_timeout=5,transaction_isolation='READ-COMMITTED'";

    private static final String OWNER_SETTINGS = "time_zone='+00:00',innodb_lock_wait_timeout=1,wait_timeout=30,"
            + "transaction_isolation='REPEATABLE-READ'";
    private static final String PLAIN_SETTINGS = "time_zone='+00:00',innodb_lock_wait_timeout=1,wait_timeout=60";

    /** Under the wait_timeout above, so that an idle connection is not one that the server has just dropped. */
    private static Duration keepIdle(Purpose purpose) {
        return switch (purpose) {
            case MIRROR -> Duration.ofSeconds(3);
            case OWNER -> Duration.ofSeconds(20);
            case PLAIN -> Duration.ofSeconds(40);
        };
    }

    /** More than writers of one process that mirror at once; their pool bounds what comes to lie here. */
    private static final int IDLE_PER_KIND = 64;

    /** What its purpose's settings make of a fresh connection; null: the server's own. */
    private static @Nullable Isolation isolation(Purpose purpose) {
        return switch (purpose) {
            case MIRROR -> Isolation.READ_COMMITTED;
            case OWNER -> Isolation.REPEATABLE_READ;
            case PLAIN -> null;
        };
    }

    /** @param isolation as the last session left it */
    private record Kept(Connection connection, @Nullable Isolation isolation, long sinceNanos) {}

    private record Key(ShardName shard, Purpose purpose) {}

    private final Function<ShardName, ShardEndpoint> endpoints;
    private final Credentials credentials;
    private final Timing timing;
    private final String programName;
    private final Map<Key, Deque<Kept>> idle = new HashMap<>();
    private boolean closed;

    /** @param programName shown in the server's connection attributes, such as {@code shardshift-controller} */
    public JdbcShardSessions(
            Function<ShardName, ShardEndpoint> endpoints, Credentials credentials, Timing timing, String programName) {
        this.endpoints = endpoints;
        this.credentials = credentials;
        this.timing = timing;
        this.programName = programName;
    }

    @Override
    public JdbcShardSession open(ShardName shard, Purpose purpose, Deadline deadline) throws ShardException {
        Key kind = new Key(shard, purpose);
        try {
            Kept kept = takeIdle(kind);
            Connection connection = kept != null ? kept.connection() : connect(shard, purpose, deadline);
            limit(connection, deadline);
            SessionHolder holder = new SessionHolder();
            JdbcShardSession session = new JdbcShardSession(
                    shard,
                    connection,
                    kept != null ? kept.isolation() : isolation(purpose),
                    () -> giveBack(kind, connection, holder));
            holder.session = session;
            return session;
        } catch (SQLException e) {
            ShardException.Kind found = MysqlErrors.kind(e, false);
            throw new ShardException(
                    shard,
                    found == Kind.REFUSED ? Kind.REFUSED : Kind.CONNECTION_LOST,
                    "no connection to " + endpoints.apply(shard).url() + ": " + e.getMessage(),
                    null,
                    e);
        }
    }

    private static void limit(Connection connection, Deadline deadline) throws SQLException {
        try {
            connection.setNetworkTimeout(Runnable::run, deadline.leftMillisAtLeastOne());
        } catch (SQLException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private static final class SessionHolder {
        private @Nullable JdbcShardSession session;
    }

    /** A fresh connection with the purpose's settings, autocommit off. */
    private Connection connect(ShardName shard, Purpose purpose, Deadline deadline) throws SQLException {
        ShardEndpoint endpoint = endpoints.apply(shard);
        Properties properties = properties(endpoint, credentials, programName);
        properties.setProperty("connectTimeout", Integer.toString(deadline.leftMillisAtLeastOne()));
        properties.setProperty("socketTimeout", Integer.toString(deadline.leftMillisAtLeastOne()));
        properties.setProperty(
                "sessionVariables",
                switch (purpose) {
                    case OWNER -> OWNER_SETTINGS;
                    case MIRROR -> MIRROR_SETTINGS;
                    case PLAIN -> PLAIN_SETTINGS;
                });
        if (purpose == Purpose.MIRROR) {
            properties.setProperty("allowLoadLocalInfile", "true");
        }
        Connection connection = DriverManager.getConnection(endpoint.url(), properties);
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            closeQuietly(connection);
            throw e;
        }
        return connection;
    }

    /** What every connection of ours to a shard has in common. */
    public static Properties properties(ShardEndpoint endpoint, Credentials credentials, String programName) {
        Credentials.Secret secret = credentials.find(endpoint.credentials());
        Properties properties = new Properties();
        properties.setProperty("user", secret.user());
        properties.setProperty("password", secret.password());
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("useServerPrepStmts", "false");
        // The texts of statements repeat: to parse each anew was 93 of 366 samples of an agent under 300 mirrored
        // writes/s.
        properties.setProperty("cachePrepStmts", "true");
        properties.setProperty("prepStmtCacheSize", "250");
        properties.setProperty("prepStmtCacheSqlLimit", "2048");
        properties.setProperty("connectionAttributes", "program_name:" + programName);
        return properties;
    }

    private synchronized @Nullable Kept takeIdle(Key kind) {
        Deque<Kept> kept = idle.get(kind);
        while (kept != null && !kept.isEmpty()) {
            Kept eldest = kept.removeFirst();
            if (timing.nanoTime() - eldest.sinceNanos()
                    < keepIdle(kind.purpose()).toNanos()) {
                return eldest;
            }
            closeQuietly(eldest.connection());
        }
        return null;
    }

    private void giveBack(Key kind, Connection connection, SessionHolder holder) {
        JdbcShardSession session = holder.session;
        List<Kept> dropped = List.of();
        synchronized (this) {
            Deque<Kept> kept = idle.computeIfAbsent(kind, any -> new ArrayDeque<>());
            if (session == null || !session.isUsable()) { // what cut this one may have cut those that lie idle
                dropped = List.copyOf(kept);
                kept.clear();
            } else if (!closed && kept.size() < IDLE_PER_KIND) {
                kept.addLast(new Kept(connection, session.isolation(), timing.nanoTime()));
                return;
            }
        }
        closeQuietly(connection);
        dropped.forEach(one -> closeQuietly(one.connection()));
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection that is given up did not close politely", e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        idle.values().forEach(kept -> kept.forEach(one -> closeQuietly(one.connection())));
        idle.clear();
    }
}
