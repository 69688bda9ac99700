package io.shardshift.agent.jdbc;

import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.ShardingKey;
import java.sql.ShardingKeyBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code ShardingKeyBuilder}: a call of {@link #subkey} for each column of the shard key. A value's own class says what it
 * is, as with {@code setObject}; the columns' types are known only when a connection is bound. Not thread-safe.
 */
final class SubKeysBuilder implements ShardingKeyBuilder {
    private final List<Object> values = new ArrayList<>();

    @Override
    public ShardingKeyBuilder subkey(Object subkey, SQLType type) {
        values.add(subkey);
        return this;
    }

    @Override
    public ShardingKey build() throws SQLException {
        if (values.isEmpty()) {
            throw AgentErrors.shardingKey("a sharding key has at least one subkey");
        }
        return new SubKeys(values);
    }
}
