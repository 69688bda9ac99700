package io.shardshift.controller.fence;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.fence.FenceException.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link FenceChanger} on MySQL.
 *
 * <p>A change is one packet: {@code BEGIN; SELECT … FOR UPDATE; UPDATE … WHERE term = mine AND step = known; COMMIT}, on a
 * session with {@code wait_timeout=2}. The SELECT queues for at most 50 ms: a pure NOWAIT starves under load, and a longer
 * queue makes every writer behind it wait. Between two tries it backs off at least as long, so that writers get through; a
 * controller paused in the middle cannot keep the lock [22].
 */
public final class JdbcFenceChanger implements FenceChanger {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcFenceChanger.class);

    /** How long a packet queues for the row; also the least pause between two tries. */
    private static final Duration QUEUE = Duration.ofMillis(50);

    /**
     * How long past its deadline a packet's answer is waited for: over its queue, and enough for a server under load. An
     * answer that is not waited for is an unknown outcome, which costs a rewriting of the fence [1]; one that never comes is
     * waited for in vain.
     */
    private static final Duration ANSWER = Duration.ofSeconds(1);

    private static final String SELECT =
            "SELECT migration, grp, role, peer, server_uuid, term, step FROM _shardshift_fence";

    /** In errors of what concerns no single group. */
    private static final GroupId ANY = new GroupId(new MigrationId("all"), 0);

    /** Where connections come from: {@link KeptConnections}. Thread-safe. */
    @FunctionalInterface
    public interface Connections extends AutoCloseable {
        /** A connection ({@code allowMultiQueries=true}, autocommit) that nobody else uses. */
        Connection open(ShardName shard, Deadline deadline) throws SQLException;

        /** Takes back one whose last use succeeded; every other is closed by its user and never comes back. */
        default void giveBack(ShardName shard, Connection connection) throws SQLException {
            connection.close();
        }

        @Override
        default void close() {}
    }

    /** What is done on a connection. */
    @FunctionalInterface
    private interface Work<T> {
        T run(Connection connection) throws SQLException, FenceException;
    }

    private final Connections connections;
    private final LongSupplier term;

    /** @param term number of this leader's term, as it is at each call */
    public JdbcFenceChanger(Connections connections, LongSupplier term) {
        this.connections = connections;
        this.term = term;
    }

    @Override
    public void insert(ShardName shard, Fence fence, Deadline deadline) throws FenceException {
        // The row's server is the one that answers; IGNORE here meets nothing but the primary key.
        String sql = "INSERT IGNORE INTO _shardshift_fence (migration, grp, role, peer, server_uuid, term, step)"
                + " VALUES (?, ?, ?, ?, @@server_uuid, ?, 1)";
        on(shard, fence.group(), deadline, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, fence.group().migration().value());
                statement.setInt(2, fence.group().number());
                statement.setString(3, fence.role().name());
                statement.setString(4, fence.peer().value());
                statement.setLong(5, term.getAsLong());
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public Optional<Fence> read(ShardName shard, GroupId group, Deadline deadline) throws FenceException {
        String sql = SELECT + " WHERE migration = ? AND grp = ?";
        return on(shard, group, deadline, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, group.migration().value());
                statement.setInt(2, group.number());
                return rows(statement.executeQuery()).stream().findFirst();
            }
        });
    }

    @Override
    public List<Fence> readAll(ShardName shard, Deadline deadline) throws FenceException {
        return on(shard, ANY, deadline, connection -> {
            try (Statement statement = connection.createStatement()) {
                return rows(statement.executeQuery(SELECT));
            }
        });
    }

    @Override
    public Fence settle(ShardName shard, GroupId group, Deadline deadline) throws FenceException {
        long mine = term.getAsLong();
        return untilDone(shard, group, deadline, "term = " + mine, "term <= " + mine);
    }

    @Override
    public Fence stamp(ShardName shard, GroupId group, Deadline deadline) throws FenceException {
        long mine = term.getAsLong();
        return untilDone(
                shard, group, deadline, "term = " + mine + ", server_uuid = @@server_uuid", "term <= " + mine); // [19]
    }

    @Override
    public Fence change(ShardName shard, Fence known, Role role, Deadline deadline) throws FenceException {
        long mine = term.getAsLong();
        if (known.term() != mine) {
            throw new FenceException(
                    Kind.UNEXPECTED, known.group(), shard, "has term " + known.term() + ", settle it first", null);
        }
        return untilDone(
                shard,
                known.group(),
                deadline,
                "role = '" + role + "'",
                "term = " + mine + " AND step = " + known.step());
    }

    @Override
    public void hold(ShardName shard, GroupId group, long millis, Deadline deadline) throws FenceException {
        String sql = "INSERT INTO _shardshift_hold (migration, grp, until)"
                + " VALUES (?, ?, NOW(6) + INTERVAL ? MICROSECOND)"
                + " ON DUPLICATE KEY UPDATE until = NOW(6) + INTERVAL ? MICROSECOND";
        on(shard, group, deadline, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, group.migration().value());
                statement.setInt(2, group.number());
                statement.setLong(3, millis * 1_000);
                statement.setLong(4, millis * 1_000);
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public void close() {
        connections.close();
    }

    private Fence untilDone(ShardName shard, GroupId group, Deadline deadline, String assignment, String condition)
            throws FenceException {
        return on(shard, group, deadline, connection -> {
            while (true) {
                limit(connection, deadline, ANSWER);
                Optional<Fence> changed = packet(connection, shard, group, assignment, condition);
                if (changed.isPresent()) {
                    return changed.get();
                }
                if (deadline.hasPassed()) {
                    throw new FenceException(Kind.HELD, group, shard, "held by a transaction until the deadline", null);
                }
                try {
                    deadline.pause(QUEUE); // writers queue behind a packet: let them through [22]
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new FenceException(Kind.HELD, group, shard, "interrupted", e);
                }
            }
        });
    }

    /** Runs {@code work} on a connection that goes back to be kept only if it succeeds. */
    private <T> T on(ShardName shard, GroupId group, Deadline deadline, Work<T> work) throws FenceException {
        @Nullable Connection doubtful = null;
        try {
            Connection connection = connections.open(shard, deadline);
            doubtful = connection;
            limit(connection, deadline, Duration.ZERO);
            T result = work.run(connection);
            doubtful = null;
            connections.giveBack(shard, connection);
            return result;
        } catch (SQLException e) {
            throw failure(Kind.UNREACHABLE, shard, group, e);
        } finally {
            if (doubtful != null) {
                closeQuietly(doubtful);
            }
        }
    }

    /** Bounds each read from the server. */
    private static void limit(Connection connection, Deadline deadline, Duration grace) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, deadline.leftMillisAtLeastOne() + (int) grace.toMillis());
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection that is given up did not close politely", e);
        }
    }

    /** One packet; empty when the row was held. All but names and roles are numbers, and those are checked words. */
    private static Optional<Fence> packet(
            Connection connection, ShardName shard, GroupId group, String assignment, String condition)
            throws SQLException, FenceException {
        String key = " WHERE migration = '" + group.migration() + "' AND grp = " + group.number();
        String select = SELECT.replaceFirst("SELECT", "SELECT /*+ MAX_EXECUTION_TIME(" + QUEUE.toMillis() + ") */");
        String sql = "BEGIN; " + select + key + " FOR UPDATE; UPDATE _shardshift_fence SET " + assignment
                + ", step = step + 1" + key + " AND " + condition + "; " + SELECT + key + "; COMMIT";
        boolean mayHaveCommitted = false;
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            statement.getMoreResults();
            @Nullable
            Fence before = rows(statement.getResultSet()).stream().findFirst().orElse(null);
            mayHaveCommitted = true;
            statement.getMoreResults();
            int updated = statement.getUpdateCount();
            statement.getMoreResults();
            Optional<Fence> after = rows(statement.getResultSet()).stream().findFirst();
            statement.getMoreResults();
            if (updated == 1 && after.isPresent()) {
                return after;
            }
            throw new FenceException(
                    before == null ? Kind.UNEXPECTED : Kind.ANOTHER_LEADER,
                    group,
                    shard,
                    before == null ? "is not there" : "is " + before + ", not " + condition,
                    null);
        } catch (SQLException e) {
            if (isHeld(e)) {
                rollback(connection);
                return Optional.empty();
            }
            boolean lost = e.getSQLState() != null && e.getSQLState().startsWith("08");
            if (lost || mayHaveCommitted) {
                throw failure(Kind.OUTCOME_UNKNOWN, shard, group, e);
            }
            throw e;
        }
    }

    private static boolean isHeld(SQLException e) {
        int code = e.getErrorCode();
        return code == 3024
                || code == 1205
                || code == 1213
                || code == 3572; // query timed out, lock wait, deadlock, nowait
    }

    private static void rollback(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        }
    }

    private static List<Fence> rows(ResultSet result) throws SQLException {
        List<Fence> fences = new ArrayList<>();
        while (result.next()) {
            fences.add(new Fence(
                    new GroupId(new MigrationId(result.getString(1)), result.getInt(2)),
                    Role.valueOf(result.getString(3)),
                    new ShardName(result.getString(4)),
                    result.getString(5),
                    result.getLong(6),
                    result.getLong(7)));
        }
        return fences;
    }

    private static FenceException failure(Kind kind, ShardName shard, GroupId group, SQLException e) {
        return new FenceException(kind, group, shard, String.valueOf(e.getMessage()), e);
    }
}
