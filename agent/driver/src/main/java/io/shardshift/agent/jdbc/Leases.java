package io.shardshift.agent.jdbc;

import io.shardshift.agent.routes.RouteWatch;
import io.shardshift.api.routing.ShardName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The leases of one application connection, each with the session settings that the application has made. */
final class Leases {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final AgentRuntime agent;
    private final Map<ShardName, Lease> open = new ConcurrentHashMap<>(4); // abort comes from another thread
    private final List<String> settings = new ArrayList<>(0);
    private @Nullable Lease lastUsed;

    Leases(AgentRuntime agent) {
        this.agent = agent;
    }

    /** The lease on the shard, under the registration whose routes the caller goes by. */
    Lease on(ShardName shard, RouteWatch watch) throws SQLException {
        Lease lease = open.get(shard);
        if (lease != null && !lease.serves(watch)) {
            drop(lease);
            lease = null;
        }
        if (lease == null) {
            lease = take(shard, watch);
        }
        lastUsed = lease;
        return lease;
    }

    private Lease take(ShardName shard, RouteWatch watch) throws SQLException {
        Lease lease = new Lease(shard, watch, agent.connect(shard, watch));
        try {
            for (String setting : settings) {
                lease.set(setting);
            }
            open.put(shard, lease);
        } finally {
            if (open.get(shard) != lease) {
                lease.discard(); // half of the settings are none
            }
        }
        return lease;
    }

    /** Gives up one that is broken or of an older registration. */
    void drop(Lease lease) throws SQLException {
        open.values().remove(lease);
        if (lease.equals(lastUsed)) {
            lastUsed = null;
        }
        lease.close(); // the pool evicts a broken connection
    }

    /** The one that was used last, if it still serves. */
    @Nullable
    Lease lastUsed(RouteWatch watch) throws SQLException {
        Lease last = lastUsed;
        return last != null && last.serves(watch) ? last : null;
    }

    /** A setting of the session: now on every lease, and on each that comes. */
    void set(String sql) throws SQLException {
        for (Lease lease : open.values()) {
            lease.set(sql);
        }
        settings.add(sql);
    }

    /** Cuts what is under way on them. From any thread. */
    void abort() {
        for (Lease lease : open.values()) {
            try {
                lease.abort();
            } catch (SQLException e) {
                LOG.debug("a connection was lost before it was cut", e);
            }
        }
    }

    /** A connection that is lost by now costs the application nothing: its transactions have ended, and the pool evicts it. */
    void giveBack() {
        for (Lease lease : open.values()) {
            try {
                if (settings.isEmpty() || !lease.serves(agent.routes())) {
                    lease.close(); // the pool resets what JDBC can set
                } else if (reset(lease)) {
                    lease.close();
                } else {
                    lease.discard();
                }
            } catch (SQLException e) {
                LOG.debug("a connection was lost before it was given back", e);
            }
        }
        open.clear();
    }

    private static boolean reset(Lease lease) {
        try {
            lease.physical().unwrap(com.mysql.cj.jdbc.JdbcConnection.class).resetServerState();
            return true;
        } catch (SQLException e) {
            LOG.debug("a session could not be reset: nobody else gets it", e);
            return false;
        }
    }

    /** After {@link #abort}: the pool is told, so that nobody else gets them. */
    void discard() {
        open.values().forEach(Lease::discard);
        open.clear();
    }
}
