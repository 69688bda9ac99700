package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.bookkeeping.Blockers;
import io.shardshift.controller.bookkeeping.Blockers.Blocker;
import io.shardshift.controller.bookkeeping.Kill;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSessions.Purpose;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds, names and, where the plan says so, ends the transactions that a hand-off waits for. Thread-safe. */
final class FenceHolders implements Handoff.Holders {
    private static final Logger LOG = LoggerFactory.getLogger(FenceHolders.class);
    private static final Duration CALL = Duration.ofSeconds(2);
    /** Rolling back more would take longer than any hand-off may hold writers (protocol, hand-off). */
    private static final long MOST_ROWS_KILLED = 1_000_000;

    private final JdbcShardSessions sessions;
    private final Timing timing;

    FenceHolders(JdbcShardSessions sessions, Timing timing) {
        this.sessions = sessions;
        this.timing = timing;
    }

    /** Asks a shard; changes nothing. */
    @FunctionalInterface
    interface Query<T> {
        T run(Connection connection) throws SQLException;
    }

    <T> T on(ShardName shard, Query<T> query) throws ShardException {
        try (JdbcShardSession session = sessions.open(shard, Purpose.PLAIN, timing.deadlineIn(CALL))) {
            T answer = query.run(session.connection());
            session.commit();
            return answer;
        } catch (SQLException e) {
            throw new ShardException(
                    shard, ShardException.Kind.CONNECTION_LOST, String.valueOf(e.getMessage()), null, e);
        }
    }

    /** Transactions on {@code shard} at least {@code age} old that hold the group's fence, oldest first. */
    List<Blocker> longHolders(ShardName shard, Group group, Duration age) throws ShardException {
        return on(shard, connection -> Blockers.longTransactions(connection, group.id(), age)).stream()
                .filter(blocker -> blocker.fence() == Blockers.Fence.HOLDS)
                .toList();
    }

    private List<Blocker> holders(ShardName shard, GroupId group) {
        try {
            return on(shard, connection -> Blockers.ofFence(connection, group)).stream()
                    .filter(blocker -> blocker.fence() == Blockers.Fence.HOLDS)
                    .toList();
        } catch (ShardException e) {
            LOG.warn("who holds {} on {} cannot be seen now: {}", group, shard, e.getMessage());
            return List.of();
        }
    }

    /** The oldest one: it has held the fence for longer than the deadline, the others came meanwhile. */
    private Optional<Blocker> oldest(ShardName shard, GroupId group) {
        return holders(shard, group).stream().max((a, b) -> a.age().compareTo(b.age()));
    }

    @Override
    public @Nullable String name(ShardName shard, GroupId group) {
        return oldest(shard, group).map(blocker -> describe(shard, blocker)).orElse(null);
    }

    @Override
    public boolean kill(ShardName shard, GroupId group) {
        return oldest(shard, group).map(blocker -> kill(shard, blocker)).orElse(false);
    }

    /** Ends a connection, unless rolling its transaction back would take too long; whether it was ended. */
    boolean kill(ShardName shard, Blocker blocker) {
        if (blocker.rowsModified() > MOST_ROWS_KILLED) {
            LOG.warn("not killed, it has changed too many rows: {}", describe(shard, blocker));
            return false;
        }
        try {
            on(shard, connection -> {
                Kill.connection(connection, blocker.connection());
                return shard;
            });
            LOG.warn("killed, as the plan says: {}", describe(shard, blocker));
            return true;
        } catch (ShardException e) {
            LOG.warn("not killed: {}", e.getMessage());
            return false;
        }
    }

    /** One line for a person on call. */
    static String describe(ShardName shard, Blocker blocker) {
        return (blocker.agent().isPresent() ? "agent " + blocker.agent().get() : "user " + blocker.user())
                + " on " + (blocker.host().isEmpty() ? "an unknown host" : blocker.host())
                + blocker.process().map(pid -> ", pid " + pid).orElse("")
                + ", connection " + blocker.connection() + " of " + shard + ", has a transaction open for "
                + blocker.age().toSeconds() + "." + blocker.age().toMillisPart() / 100 + " s with "
                + blocker.rowsModified() + " changed rows"
                + (blocker.statement().isEmpty() ? "" : ": " + blocker.statement());
    }
}
