package io.shardshift.agent.jdbc;

import io.shardshift.agent.routes.Pin;
import io.shardshift.agent.routes.RouteWatch;
import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.JdbcShardSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A physical connection that an application's connection keeps, from its first statement on that shard until it is closed. */
final class Lease {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
    /** The pool's: asking the connection for it would cost every lease a round trip. */
    static final int DEFAULT_ISOLATION = Connection.TRANSACTION_NONE;

    private final RouteWatch watch;
    private final Connection physical;
    private final JdbcShardSession session;
    private boolean autoCommit = true;
    private int isolation = DEFAULT_ISOLATION;

    /** @param watch the registration under which {@code physical} was opened */
    Lease(ShardName shard, RouteWatch watch, Connection physical, int isolation) throws SQLException {
        this.watch = watch;
        this.physical = physical;
        this.session = new JdbcShardSession(shard, physical, () -> {});
        isolation(isolation);
    }

    /** Whether a statement may still run here under the registration of {@code now}. */
    boolean serves(RouteWatch now) throws SQLException {
        return watch == now && session.isUsable() && !physical.isClosed(); // a pool closes what was lost
    }

    Connection physical() {
        return physical;
    }

    JdbcShardSession session() {
        return session;
    }

    void autoCommit(boolean wanted) throws SQLException {
        if (autoCommit != wanted) {
            physical.setAutoCommit(wanted);
            autoCommit = wanted;
        }
    }

    void isolation(int wanted) throws SQLException {
        if (isolation != wanted) {
            physical.setTransactionIsolation(wanted);
            isolation = wanted;
        }
    }

    void close() throws SQLException {
        physical.close();
    }

    /** Ends the connection under whoever waits for its answer; for another thread. */
    void cut() {
        try {
            physical.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("a connection to {} could not be cut", session.shard(), e);
        }
    }

    /** Physical statements of one application statement, by lease and text: an application that prepares once parses once. */
    static final class Statements {
        private record Key(Lease lease, String sql, boolean generatedKeys) {}

        private static final int KEPT = 16;

        private final Map<Key, PreparedStatement> prepared = new LinkedHashMap<>(KEPT, 0.75f, true);
        private @Nullable Pin streaming;

        PreparedStatement prepare(Lease lease, String sql, boolean generatedKeys) throws SQLException {
            Key key = new Key(lease, sql, generatedKeys);
            PreparedStatement statement = prepared.get(key);
            if (statement == null) {
                statement = lease.physical()
                        .prepareStatement(
                                sql,
                                generatedKeys
                                        ? PreparedStatement.RETURN_GENERATED_KEYS
                                        : PreparedStatement.NO_GENERATED_KEYS);
                prepared.put(key, statement);
                closeEldest();
            }
            return statement;
        }

        private void closeEldest() throws SQLException {
            Iterator<PreparedStatement> eldest = prepared.values().iterator();
            if (prepared.size() > KEPT && eldest.hasNext()) {
                PreparedStatement statement = eldest.next();
                eldest.remove();
                statement.close();
            }
        }

        /** A result that is still being read keeps its epoch from ending [11], until {@link #done}. */
        void streams(Pin pin) {
            streaming = pin;
        }

        boolean isStreaming() {
            return streaming != null;
        }

        /** The application runs another statement, or is done with this one. */
        void done() {
            Pin pin = streaming;
            streaming = null;
            if (pin != null) {
                pin.end();
            }
        }

        void close() throws SQLException {
            done();
            for (PreparedStatement statement : prepared.values()) {
                statement.close();
            }
            prepared.clear();
        }
    }
}
