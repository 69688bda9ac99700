package io.shardshift.controller.stream;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.stream.StreamException.Kind;
import io.shardshift.shard.TableSchema;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** {@link ChangeStreams} by Debezium, embedded. Thread-safe. */
public final class DebeziumChangeStreams implements ChangeStreams {
    private static final String TIMEOUT_MILLIS = "3000";

    /** Rows that Debezium reads, whole, and keeps at once to name them: as many as fit into this by the server's estimate. */
    private static final long NAMED_BYTES = 4L << 20;

    /** A larger chunk names no faster, and a pause is heeded after a chunk. */
    private static final int MOST_NAMED = 1_024;

    private final Function<ShardName, ShardLogin> logins;
    private final Executor executor;
    private final Timing timing;

    /**
     * @param logins asked at each opening, so that a rotated secret is found
     * @param executor runs one long task per open stream
     */
    public DebeziumChangeStreams(Function<ShardName, ShardLogin> logins, Executor executor, Timing timing) {
        this.timing = timing;
        this.logins = logins;
        this.executor = executor;
    }

    @Override
    public ChangeStream open(StreamStart start) throws StreamException {
        ShardLogin login = logins.apply(start.shard());
        int namedAtOnce = requireResumable(start, login);
        return DebeziumChangeStream.start(start, login, executor, timing, namedAtOnce);
    }

    /** Debezium would find out too, later and in words; here it is one question. Answers how many rows to name at once. */
    private static int requireResumable(StreamStart start, ShardLogin login) throws StreamException {
        String gtids = start.stored().position().gtids();
        Properties properties = new Properties();
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password());
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("connectTimeout", TIMEOUT_MILLIS);
        properties.setProperty("socketTimeout", TIMEOUT_MILLIS);
        try (Connection connection = DriverManager.getConnection(login.url(), properties);
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT GTID_SUBSET(?, @@gtid_executed), GTID_SUBSET(@@gtid_purged, ?), @@gtid_purged")) {
            statement.setString(1, gtids);
            statement.setString(2, gtids);
            ResultSet result = statement.executeQuery();
            result.next();
            if (!result.getBoolean(1)) {
                throw new StreamException(
                        Kind.HISTORY_WENT_BACK,
                        start.shard(),
                        "the server lacks transactions of " + gtids + ", which were read from it",
                        null);
            }
            if (!result.getBoolean(2)) {
                throw new StreamException(
                        Kind.POSITION_LOST,
                        start.shard(),
                        "the server has purged " + result.getString(3) + ", only " + gtids + " was read",
                        null);
            }
            return start.signals().isPresent() ? namedAtOnce(connection, start) : MOST_NAMED;
        } catch (SQLException e) {
            throw new StreamException(Kind.BROKEN, start.shard(), "no connection: " + e.getMessage(), e);
        }
    }

    private static int namedAtOnce(Connection connection, StreamStart start) throws SQLException {
        long longest = 1;
        try (PreparedStatement statement = connection.prepareStatement("SELECT AVG_ROW_LENGTH FROM"
                + " information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?")) {
            for (TableSchema table : start.tables()) {
                statement.setString(1, table.name());
                ResultSet result = statement.executeQuery();
                if (result.next()) {
                    longest = Math.max(longest, result.getLong(1));
                }
            }
        }
        return (int) Math.max(1, Math.min(MOST_NAMED, NAMED_BYTES / longest));
    }
}
