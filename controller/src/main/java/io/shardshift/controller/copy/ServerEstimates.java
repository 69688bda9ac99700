package io.shardshift.controller.copy;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardSessions.Purpose;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link TableEstimates} from information_schema, past its cache of a day. */
public final class ServerEstimates implements TableEstimates {
    private static final Logger LOG = LoggerFactory.getLogger(ServerEstimates.class);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ShardSessions sessions;
    private final Timing timing;

    public ServerEstimates(ShardSessions sessions, Timing timing) {
        this.sessions = sessions;
        this.timing = timing;
    }

    @Override
    public Optional<Estimate> of(ShardName shard, String table) {
        try (ShardSession session = sessions.open(shard, Purpose.PLAIN, timing.deadlineIn(PATIENCE))) {
            return session.execute(on -> read(((JdbcShardSession) on).connection(), table));
        } catch (ShardException e) {
            LOG.debug("no estimate of {} on {}", table, shard, e);
            return Optional.empty();
        }
    }

    private static Optional<Estimate> read(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET information_schema_stats_expiry = 0");
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT TABLE_ROWS, AVG_ROW_LENGTH FROM information_schema.TABLES"
                        + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?")) {
            statement.setString(1, table);
            ResultSet result = statement.executeQuery();
            if (!result.next()) {
                return Optional.empty();
            }
            Estimate estimate = new Estimate(result.getLong(1), result.getLong(2));
            return result.wasNull() ? Optional.empty() : Optional.of(estimate);
        }
    }
}
