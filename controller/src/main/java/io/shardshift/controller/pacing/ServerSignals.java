package io.shardshift.controller.pacing;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardSessions.Purpose;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Signals that a MySQL server tells about itself. Thread-safe. */
public final class ServerSignals {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSignals.class);

    /** A reading that takes longer is a missed one: the server is in trouble. */
    private static final Duration READING = Duration.ofSeconds(1);

    private final ShardSessions sessions;
    private final Timing timing;

    public ServerSignals(ShardSessions sessions, Timing timing) {
        this.sessions = sessions;
        this.timing = timing;
    }

    /** Statements that run on the server at this moment. */
    public Signal threadsRunning(ShardName shard, double limit) {
        return Signal.of("threads_running(" + shard + ")", limit, "", () -> read(shard, ServerSignals::threadsRunning));
    }

    /** Undo that purge has not worked off; grows when something keeps old snapshots open. */
    public Signal historyListLength(ShardName shard, double limit) {
        return Signal.of(
                "history_list_length(" + shard + ")", limit, "", () -> read(shard, ServerSignals::historyListLength));
    }

    @FunctionalInterface
    private interface Question {
        OptionalDouble ask(Connection connection) throws SQLException;
    }

    private OptionalDouble read(ShardName shard, Question question) {
        try (ShardSession session = sessions.open(shard, Purpose.PLAIN, timing.deadlineIn(READING))) {
            return session.execute(on -> question.ask(((JdbcShardSession) on).connection()));
        } catch (ShardException e) {
            LOG.debug("no reading from {}", shard, e);
            return OptionalDouble.empty();
        }
    }

    private static OptionalDouble threadsRunning(Connection connection) throws SQLException {
        return number(
                connection,
                "SELECT VARIABLE_VALUE FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Threads_running'");
    }

    private static OptionalDouble historyListLength(Connection connection) throws SQLException {
        return number(
                connection,
                "SELECT `COUNT` FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rseg_history_len'");
    }

    private static OptionalDouble number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            return result.next() ? OptionalDouble.of(result.getDouble(1)) : OptionalDouble.empty();
        }
    }

    /** Of a replica's connection; empty where there is no replication, or an applier stands. */
    static OptionalDouble secondsBehindSource(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW REPLICA STATUS")) {
            OptionalDouble most = OptionalDouble.empty();
            while (result.next()) { // a row for each channel
                double seconds = result.getDouble("Seconds_Behind_Source");
                if (result.wasNull()) {
                    return OptionalDouble.empty();
                }
                most = OptionalDouble.of(Math.max(seconds, most.orElse(0)));
            }
            return most;
        }
    }
}
