package io.shardshift.agent.jdbc;

import io.shardshift.agent.routes.Pin;
import io.shardshift.agent.sql.SqlText;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.agent.transaction.TransactionFailed.Kind;
import io.shardshift.agent.transaction.WritingTransaction;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.time.Deadline;
import io.shardshift.shard.MysqlErrors;
import io.shardshift.shard.ShardException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Statements inside a transaction that holds the fence of every group it meets. Only a transaction that has executed
 * nothing waits for a fence, without a pin, and begins again under the newest routes [13][14]; a lone autocommit statement
 * that was rolled back before COMMIT was sent runs again until its deadline.
 */
final class FencedExecution {
    private final ApplicationSession session;
    private final AgentRuntime agent;

    FencedExecution(ApplicationSession session) {
        this.session = session;
        this.agent = session.agent();
    }

    /** Begins a transaction with its first statement; of a lone statement, ends it too. */
    Outcome begin(RowWork work) throws SQLException {
        Deadline deadline = agent.timing().deadlineIn(agent.options().writeTimeout());
        Map<GroupId, Route> overrides = new HashMap<>();
        while (true) {
            Pin pin = agent.routes().pin();
            Current begun = null;
            try {
                Placement place = work.place(pin.snapshot(), overrides);
                boolean lone = !session.isTransactional();
                begun = session.begin(
                        pin,
                        place.owner(work.call().sql()),
                        overrides,
                        lone
                                ? () -> deadline
                                : () -> agent.timing()
                                        .deadlineIn(agent.options().writeTimeout()),
                        true);
                Optional<TransactionFailed> notNow = enter(begun, place, work);
                if (notNow.isPresent()) {
                    pin.end();
                    awaitFences(place, overrides, deadline, notNow.get());
                    continue;
                }
                if (!lone) {
                    session.savepoints().begun(begun);
                    return inTransaction(begun, work);
                }
                Optional<Outcome> outcome = alone(begun, work, deadline);
                if (outcome.isPresent()) {
                    return outcome.get();
                }
            } finally {
                if (begun == null || session.current() != begun) {
                    pin.end(); // ending twice is harmless
                }
            }
        }
    }

    /** Takes the fences; otherwise gives the transaction up and answers why it is not to begin now. */
    private Optional<TransactionFailed> enter(Current begun, Placement place, RowWork work) throws SQLException {
        boolean held = false;
        try {
            for (Route route : place.routes()) {
                writing(begun).enter(route);
            }
            held = true;
            return Optional.empty();
        } catch (TransactionFailed e) {
            if (e.kind() == Kind.NOT_NOW) {
                return Optional.of(e);
            }
            throw AgentErrors.of(e, work.call().sql());
        } finally {
            if (!held) {
                session.abandon();
            }
        }
    }

    /** Empty: rolled back before COMMIT was sent, by a deadlock, a lost connection or the mirror; to be run again. */
    private Optional<Outcome> alone(Current begun, RowWork work, Deadline deadline) throws SQLException {
        boolean committed = false;
        try {
            Outcome outcome = inTransaction(begun, work);
            writing(begun).commit();
            session.finished();
            committed = true;
            return Optional.of(outcome);
        } catch (TransactionFailed e) {
            if (e.kind() == Kind.RETRY && !deadline.hasPassed()) {
                return Optional.empty();
            }
            throw AgentErrors.of(e, work.call().sql());
        } catch (SQLException e) {
            boolean rolledBack =
                    MysqlErrors.kind(e, false) == ShardException.Kind.TRANSACTION_LOST || AgentErrors.saysLost(e);
            if (rolledBack && !deadline.hasPassed()) {
                return Optional.empty();
            }
            throw e;
        } finally {
            if (!committed) {
                session.abandon();
            }
        }
    }

    /** A way found by the fences alone, without ZooKeeper, is put into {@code overrides} [23]. */
    private void awaitFences(Placement place, Map<GroupId, Route> overrides, Deadline deadline, TransactionFailed why)
            throws SQLException {
        try {
            for (Route route : place.routes()) {
                GroupId group = route.group().id();
                Optional<Route> way = Optional.empty();
                while (way.isEmpty()) {
                    if (deadline.hasPassed()) {
                        throw AgentErrors.retry(
                                "waited " + agent.options().writeTimeout().toMillis() + " ms: " + why.getMessage(),
                                why);
                    }
                    Route newest = newest(group);
                    if (newest == null) {
                        overrides.remove(group);
                        return; // the migration has ended
                    }
                    way = agent.registered().fenceWait().look(newest, deadline);
                    if (way.isPresent() && way.get().equals(newest)) {
                        overrides.remove(group);
                    } else if (way.isPresent()) {
                        overrides.put(group, way.get());
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AgentErrors.retry("interrupted while it waited", e);
        }
    }

    private @Nullable Route newest(GroupId group) {
        for (Route candidate : agent.routes().current().table().routes()) {
            if (candidate.group().id().equals(group)) {
                return candidate;
            }
        }
        return null;
    }

    /** A statement of a transaction that has begun. */
    Outcome inTransaction(Current now, RowWork work) throws SQLException {
        String sql = work.call().sql();
        WritingTransaction writing = writing(now);
        now.pin().running(() -> SqlText.forMessage(sql));
        Placement place = work.place(now.snapshot(), now.overrides());
        if (!place.owner(sql).equals(now.shard())) {
            throw AgentErrors.refused(
                    "the transaction began on shard " + now.shard() + ", these rows are on " + place.owners(),
                    sql); // [31]
        }
        RowStatements run =
                new RowStatements(now, writing, work, agent.registered().collectsUpsertedKeys(now.shard()));
        RowWork.Mirrored mirrored = work.mirrored();
        try {
            boolean mirrors = work.meetsOtherSlots() && now.snapshot().isMigrating();
            for (Route route : place.routes()) {
                writing.enter(route);
                mirrors |= route.mirrored();
            }
            if (mirrored != null && mirrors) {
                return mirrored.run(run);
            }
            writing.executing();
            return run.asItIs();
        } catch (TransactionFailed e) {
            throw AgentErrors.of(e, sql);
        } catch (SQLException e) {
            boolean gone = now.lease().physical().isClosed(); // the pool closes what it saw break
            if (gone || !now.lease().session().translate(e).kind().transactionLives()) {
                writing.giveUp(); // [4] the fence's lock is gone with the transaction
            }
            throw e;
        } catch (RuntimeException e) {
            writing.giveUp(); // what was executed may not be collected
            throw e;
        }
    }

    private static WritingTransaction writing(Current now) throws SQLException {
        WritingTransaction writing = now.writing();
        if (writing == null) {
            throw AgentErrors.readOnly("transaction");
        }
        return writing;
    }
}
