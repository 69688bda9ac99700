package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.StatementCall.Settings;
import io.shardshift.agent.routes.Pin;
import io.shardshift.agent.routes.RouteWatch;
import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.JdbcShardSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A physical connection that an application's connection keeps, from its first statement on that shard until it is closed. */
final class Lease {
    /** The pool's: asking the connection for it would cost every lease a round trip. */
    static final int DEFAULT_ISOLATION = Connection.TRANSACTION_NONE;

    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    private final RouteWatch watch;
    private final Connection physical;
    private final JdbcShardSession session;
    private boolean autoCommit = true;
    private int patienceMillis;
    private int networkTimeoutMillis;
    private int limitMillis;
    private int isolation = DEFAULT_ISOLATION;
    private @Nullable Boolean zeroGenerates;

    /** @param watch the registration under which {@code physical} was opened */
    Lease(ShardName shard, RouteWatch watch, Connection physical) {
        this.watch = watch;
        this.physical = physical;
        this.session = new JdbcShardSession(shard, physical, () -> {});
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

    /** Runs a setting of the session. */
    void set(String sql) throws SQLException {
        try (Statement statement = physical.createStatement()) {
            zeroGenerates = null;
            statement.execute(sql);
        }
    }

    /** Whether 0 for an AUTO_INCREMENT column makes the server generate the value; asked once, until a setting is made. */
    boolean zeroGenerates() throws SQLException {
        Boolean known = zeroGenerates;
        if (known != null) {
            return known;
        }
        try (Statement statement = physical.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT FIND_IN_SET('NO_AUTO_VALUE_ON_ZERO', @@sql_mode) = 0")) {
            result.next();
            boolean asked = result.getBoolean(1);
            zeroGenerates = asked;
            return asked;
        }
    }

    void close() throws SQLException {
        physical.close();
    }

    /** Ends the session at once, in the middle of a statement too. From any thread. */
    void abort() throws SQLException {
        physical.abort(Runnable::run);
    }

    /** Closes the physical connection itself: nobody else is to have it. */
    void discard() {
        try {
            abort();
            physical.rollback(); // fails, and by that the pool learns of it
            physical.close();
        } catch (SQLException e) {
            LOG.debug("a connection is discarded", e);
        }
    }

    /** How long an answer may take from now on, in milliseconds; 0 is for ever. Costs no round trip. */
    void patience(int millis) throws SQLException {
        patienceMillis = millis;
        limit();
    }

    /** The application's own limit of an answer, in milliseconds; 0 is none. Costs no round trip. */
    void networkTimeout(int millis) throws SQLException {
        networkTimeoutMillis = millis;
        limit();
    }

    private void limit() throws SQLException {
        boolean both = patienceMillis > 0 && networkTimeoutMillis > 0;
        int wanted =
                both ? Math.min(patienceMillis, networkTimeoutMillis) : Math.max(patienceMillis, networkTimeoutMillis);
        if (limitMillis != wanted) {
            physical.setNetworkTimeout(Runnable::run, wanted); // the pool undoes it
            limitMillis = wanted;
        }
    }

    /** Physical statements of one application statement, by lease and text: an application that prepares once parses once. */
    static final class Statements {
        /** What was set for an earlier execution is remembered: asking the statement would cost locks on the hot path. */
        private static final class Prepared {
            private final Lease lease;
            private final String sql;
            private final boolean generatedKeys;
            private final boolean scrolls;
            private final PreparedStatement statement;
            private Settings settings = Settings.NONE;

            private Prepared(Lease lease, String sql, boolean generatedKeys, boolean scrolls) throws SQLException {
                this.lease = lease;
                this.sql = sql;
                this.generatedKeys = generatedKeys;
                this.scrolls = scrolls;
                this.statement = open(lease.physical(), sql, generatedKeys, scrolls);
            }
        }

        private static final int KEPT = 16;

        private final List<Prepared> prepared = new ArrayList<>(1); // the one used last at the end
        private @Nullable Pin streaming;

        /** A physical statement of that text under these settings, without values or with those of its last execution. */
        PreparedStatement prepare(Lease lease, String sql, boolean generatedKeys, Settings settings)
                throws SQLException {
            boolean scrolls = settings.scrolls() && !generatedKeys;
            Prepared found = take(lease, sql, generatedKeys, scrolls);
            if (found == null) {
                closeEldest();
                found = new Prepared(lease, sql, generatedKeys, scrolls);
            }
            boolean whole = found.settings.equals(settings);
            try {
                if (!whole) {
                    settings.apply(found.statement, found.settings);
                    found.settings = settings;
                    whole = true;
                }
            } finally {
                if (!whole) {
                    found.statement.close(); // on which only some could be set
                }
            }
            prepared.add(found);
            return found.statement;
        }

        private @Nullable Prepared take(Lease lease, String sql, boolean generatedKeys, boolean scrolls) {
            for (int i = prepared.size() - 1; i >= 0; i--) {
                Prepared one = prepared.get(i);
                if (one.lease == lease
                        && one.generatedKeys == generatedKeys
                        && one.scrolls == scrolls
                        && one.sql.equals(sql)) {
                    return prepared.remove(i);
                }
            }
            return null;
        }

        private static PreparedStatement open(Connection physical, String sql, boolean generatedKeys, boolean scrolls)
                throws SQLException {
            if (scrolls) {
                return physical.prepareStatement(sql, ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
            }
            return physical.prepareStatement(
                    sql, generatedKeys ? PreparedStatement.RETURN_GENERATED_KEYS : PreparedStatement.NO_GENERATED_KEYS);
        }

        private void closeEldest() throws SQLException {
            if (prepared.size() == KEPT) {
                prepared.remove(0).statement.close();
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
            for (Prepared one : prepared) {
                one.statement.close();
            }
            prepared.clear();
        }
    }
}
