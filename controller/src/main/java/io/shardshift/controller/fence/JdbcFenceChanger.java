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

/**
 * {@link FenceChanger} on MySQL.
 *
 * <p>A change is one packet: {@code BEGIN; SELECT … FOR UPDATE; UPDATE … WHERE term = mine AND step = known; COMMIT}, on a
 * session with {@code wait_timeout=2}. The SELECT queues for at most 50 ms: a pure NOWAIT starves under load, and a longer
 * queue makes every writer behind it wait. Between two tries it backs off at least as long, so that writers get through; a
 * controller paused in the middle cannot keep the lock [22].
 */
public final class JdbcFenceChanger implements FenceChanger {
    /** How long a packet queues for the row; also the least pause between two tries. */
    private static final Duration QUEUE = Duration.ofMillis(50);

    private static final String SELECT =
            "SELECT migration, grp, role, peer, server_uuid, term, step FROM _shardshift_fence";

    /** Opens a connection for fences ({@code allowMultiQueries=true}); its calls are bounded by the deadline. */
    @FunctionalInterface
    public interface Connections {
        Connection open(ShardName shard, Deadline deadline) throws SQLException;
    }

    /** Makes one try of a packet; false when the row is held. */
    @FunctionalInterface
    private interface Packet {
        Optional<Fence> send(Connection connection) throws SQLException, FenceException;
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
        try (Connection connection = connections.open(shard, deadline);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, fence.group().migration().value());
            statement.setInt(2, fence.group().number());
            statement.setString(3, fence.role().name());
            statement.setString(4, fence.peer().value());
            statement.setLong(5, term.getAsLong());
            statement.executeUpdate();
        } catch (SQLException e) {
            throw failure(Kind.UNREACHABLE, shard, fence.group(), e);
        }
    }

    @Override
    public Optional<Fence> read(ShardName shard, GroupId group, Deadline deadline) throws FenceException {
        String sql = SELECT + " WHERE migration = ? AND grp = ?";
        try (Connection connection = connections.open(shard, deadline);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, group.migration().value());
            statement.setInt(2, group.number());
            return rows(statement.executeQuery()).stream().findFirst();
        } catch (SQLException e) {
            throw failure(Kind.UNREACHABLE, shard, group, e);
        }
    }

    @Override
    public List<Fence> readAll(ShardName shard, Deadline deadline) throws FenceException {
        try (Connection connection = connections.open(shard, deadline);
                Statement statement = connection.createStatement()) {
            return rows(statement.executeQuery(SELECT));
        } catch (SQLException e) {
            throw failure(Kind.UNREACHABLE, shard, new GroupId(new MigrationId("all"), 0), e);
        }
    }

    @Override
    public Fence settle(ShardName shard, GroupId group, Deadline deadline) throws FenceException {
        long mine = term.getAsLong();
        return untilDone(
                shard,
                group,
                deadline,
                connection -> packet(connection, shard, group, "term = " + mine, "term <= " + mine));
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
                connection -> packet(
                        connection,
                        shard,
                        known.group(),
                        "role = '" + role + "'",
                        "term = " + mine + " AND step = " + known.step()));
    }

    @Override
    public void hold(ShardName shard, GroupId group, long millis, Deadline deadline) throws FenceException {
        String sql = "INSERT INTO _shardshift_hold (migration, grp, until)"
                + " VALUES (?, ?, NOW(6) + INTERVAL ? MICROSECOND)"
                + " ON DUPLICATE KEY UPDATE until = NOW(6) + INTERVAL ? MICROSECOND";
        try (Connection connection = connections.open(shard, deadline);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, group.migration().value());
            statement.setInt(2, group.number());
            statement.setLong(3, millis * 1_000);
            statement.setLong(4, millis * 1_000);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw failure(Kind.UNREACHABLE, shard, group, e);
        }
    }

    private Fence untilDone(ShardName shard, GroupId group, Deadline deadline, Packet packet) throws FenceException {
        try (Connection connection = connections.open(shard, deadline)) {
            while (true) {
                Optional<Fence> changed = packet.send(connection);
                if (changed.isPresent()) {
                    return changed.get();
                }
                if (deadline.hasPassed()) {
                    throw new FenceException(Kind.HELD, group, shard, "held by a transaction until the deadline", null);
                }
                deadline.pause(QUEUE);
            }
        } catch (SQLException e) {
            throw failure(Kind.UNREACHABLE, shard, group, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FenceException(Kind.HELD, group, shard, "interrupted", e);
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
