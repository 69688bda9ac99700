package io.shardshift.agent.jdbc;

import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.JdbcShardSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** A physical connection that an application's connection keeps, from its first statement on that shard until it is closed. */
final class Lease {
    private final Connection physical;
    private final JdbcShardSession session;
    private boolean autoCommit = true;
    private int isolation;

    Lease(ShardName shard, Connection physical, int isolation) throws SQLException {
        this.physical = physical;
        this.session = new JdbcShardSession(shard, physical, () -> {});
        this.isolation = physical.getTransactionIsolation();
        isolation(isolation);
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

    /** Physical statements of one application statement, by lease and text: an application that prepares once parses once. */
    static final class Statements {
        private record Key(Lease lease, String sql, boolean generatedKeys) {}

        private final Map<Key, PreparedStatement> prepared = new HashMap<>();

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
                if (prepared.size() < 16) {
                    prepared.put(key, statement);
                }
            }
            return statement;
        }

        void close() throws SQLException {
            for (PreparedStatement statement : prepared.values()) {
                statement.close();
            }
            prepared.clear();
        }
    }
}
