package io.shardshift.agent.jdbc;

import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.ShardingKey;
import org.jspecify.annotations.Nullable;

/** {@code ConnectionBuilder} of one agent: connections that are bound to a sharding key from their beginning. */
final class BoundConnections implements ConnectionBuilder {
    private final AgentRuntime agent;
    private @Nullable ShardingKey key;
    private @Nullable ShardingKey superKey;
    private boolean namesUser;

    BoundConnections(AgentRuntime agent) {
        this.agent = agent;
    }

    @Override
    public ConnectionBuilder user(String name) {
        namesUser = true;
        return this;
    }

    @Override
    public ConnectionBuilder password(String secret) {
        namesUser = true;
        return this;
    }

    @Override
    public ConnectionBuilder shardingKey(@Nullable ShardingKey shardingKey) {
        key = shardingKey;
        return this;
    }

    @Override
    public ConnectionBuilder superShardingKey(@Nullable ShardingKey superShardingKey) {
        superKey = superShardingKey;
        return this;
    }

    @Override
    public Connection build() throws SQLException {
        if (namesUser) {
            throw AgentErrors.refused("the user comes from the shards' credentials", "ConnectionBuilder.user");
        }
        ApplicationSession session = new ApplicationSession(agent);
        session.binding().bind(ConnectionProxy.shardingKey(key, superKey));
        return ConnectionProxy.of(session);
    }
}
