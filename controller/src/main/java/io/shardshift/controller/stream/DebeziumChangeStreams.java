package io.shardshift.controller.stream;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.stream.StreamException.Kind;
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
        requireResumable(start, login);
        return DebeziumChangeStream.start(start, login, executor, timing);
    }

    /** Debezium would find out too, later and in words; here it is one question. */
    private static void requireResumable(StreamStart start, ShardLogin login) throws StreamException {
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
        } catch (SQLException e) {
            throw new StreamException(Kind.BROKEN, start.shard(), "no connection: " + e.getMessage(), e);
        }
    }
}
