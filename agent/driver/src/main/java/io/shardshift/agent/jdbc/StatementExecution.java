package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.ApplicationSession.Current;
import io.shardshift.agent.routes.Pin;
import io.shardshift.agent.routes.RouteSnapshot;
import io.shardshift.agent.sql.Analysis;
import io.shardshift.agent.sql.Ddl;
import io.shardshift.agent.sql.Insert;
import io.shardshift.agent.sql.Read;
import io.shardshift.agent.sql.Refused;
import io.shardshift.agent.sql.RowChange;
import io.shardshift.agent.sql.SessionStatement;
import io.shardshift.agent.sql.ShardKeyCondition;
import io.shardshift.agent.sql.SqlText;
import io.shardshift.agent.sql.TableRef;
import io.shardshift.agent.sql.TransactionControl;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.agent.transaction.WritingTransaction;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.shard.MysqlErrors;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardedTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides where each statement of one application connection goes, and waits where it may.
 *
 * <pre>
 * autocommit read           read route of the epoch; phase 2 point reads at the new shard first
 * read-only transaction     one side, by the read route, no fence [30]
 * no migration              the owner by the slot map, no fence
 * everything else           the owner, in a transaction that holds the fence of every group it meets
 * </pre>
 */
final class StatementExecution {
    private final ApplicationSession session;
    private final AgentRuntime agent;

    StatementExecution(ApplicationSession session) {
        this.session = session;
        this.agent = session.agent();
    }

    /** A statement on rows: what it can meet, and how it runs inside a fenced transaction that mirrors. */
    private record RowStatement(
            ShardKeyCondition shardKey,
            List<ShardedTable> tables,
            boolean writes,
            @Nullable Mirrored mirrored) {}

    @FunctionalInterface
    private interface Mirrored {
        Outcome run(RowStatements statements) throws SQLException, TransactionFailed;
    }

    Outcome execute(StatementCall call, Lease.Statements statements) throws SQLException {
        Current now = session.current();
        RouteSnapshot snapshot = now != null ? now.snapshot() : agent.routes().current();
        Analysis analysis = session.analyze(snapshot, call.sql());
        if (analysis instanceof Read read) {
            return read(read, call, statements, snapshot);
        }
        if (analysis instanceof RowChange change) {
            ShardedTable table = agent.catalog(snapshot).table(change.table().name());
            return write(
                    new RowStatement(change.shardKey(), List.of(table), true, rows -> rows.change(change, table)),
                    call,
                    statements);
        }
        if (analysis instanceof Insert insert) {
            ShardedTable table = agent.catalog(snapshot).table(insert.table().name());
            return write(
                    new RowStatement(insert.shardKey(), List.of(table), true, rows -> rows.insert(insert, table)),
                    call,
                    statements);
        }
        if (analysis instanceof TransactionControl control) {
            return session.control(control);
        }
        if (analysis instanceof SessionStatement statement) {
            return sessionStatement(statement, call, statements);
        }
        if (analysis instanceof Ddl ddl) {
            return ddl(ddl, call, statements, snapshot);
        }
        Refused refused = (Refused) analysis;
        throw AgentErrors.refused(refused.why() + ". " + refused.remedy(), call.sql());
    }

    private Outcome sessionStatement(SessionStatement statement, StatementCall call, Lease.Statements statements)
            throws SQLException {
        switch (statement.target()) {
            case ALL_SHARDS -> {
                session.setting(call.sql());
                return Outcome.count(0);
            }
            case NEXT_TRANSACTION ->
                throw AgentErrors.refused("use Connection.setTransactionIsolation or setReadOnly", call.sql());
            case ANY_SHARD, LAST_USED_SHARD -> {
                return direct(session.anyLease(), call, statements);
            }
        }
        throw new IllegalStateException("unknown target " + statement.target());
    }

    private Outcome ddl(Ddl ddl, StatementCall call, Lease.Statements statements, RouteSnapshot snapshot)
            throws SQLException {
        boolean ours = ddl.tables().stream().anyMatch(table -> table.info().isPresent());
        ShardName only = snapshot.index().onlyOwner();
        if (only == null || (ours && snapshot.isMigrating())) {
            throw AgentErrors.refused(
                    only == null
                            ? "a change of definitions is made on each shard by its own connection"
                            : "the table moves now: change it before or after the migration",
                    call.sql());
        }
        session.commit();
        return direct(session.lease(only), call, statements);
    }

    private Outcome direct(Lease lease, StatementCall call, Lease.Statements statements) throws SQLException {
        Current now = session.current();
        if (now == null) {
            lease.autoCommit(true);
        }
        java.sql.PreparedStatement statement = statements.prepare(lease, call.sql(), call.generatedKeys());
        for (int i = 0; i < call.parameters().size(); i++) {
            call.parameters().get(i).setter().set(statement, i + 1);
        }
        call.settings().apply(statement);
        boolean rows = statement.execute();
        return new Outcome(statement, rows ? -1 : statement.getLargeUpdateCount());
    }

    private Outcome read(Read read, StatementCall call, Lease.Statements statements, RouteSnapshot snapshot)
            throws SQLException {
        if (read.isSystemOnly()) {
            return direct(session.anyLease(), call, statements);
        }
        List<ShardedTable> tables = new ArrayList<>();
        for (TableRef table : read.tables()) {
            if (table.info().isPresent()) {
                tables.add(agent.catalog(snapshot).table(table.name()));
            }
        }
        RowStatement rows = new RowStatement(read.shardKey(), tables, false, null);
        if (session.isTransactional()) {
            return session.isReadOnly() ? readOnly(rows, call, statements) : write(rows, call, statements);
        }
        if (read.lock().locks()) {
            return write(rows, call, statements);
        }
        Pin pin = agent.routes().pin();
        try {
            pin.running(SqlText.forMessage(call.sql()));
            return readAlone(read, rows, call, statements, pin.snapshot());
        } finally {
            agent.routes().unpin(pin);
        }
    }

    /** An autocommit read: Connector/J holds the whole result, so the read has ended when this returns. */
    private Outcome readAlone(
            Read read, RowStatement rows, StatementCall call, Lease.Statements statements, RouteSnapshot snapshot)
            throws SQLException {
        Placement place = place(rows, call, snapshot, Map.of());
        ShardName first = firstOf(place);
        if (first != null && read.pointRead().isPresent() && !first.equals(place.owner())) {
            Optional<Outcome> found = pointReadFirst(read, call, statements, snapshot, first);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return direct(session.lease(readShard(place, call)), call, statements);
    }

    private static @Nullable ShardName firstOf(Placement place) {
        return place.routes().size() == 1
                        && place.slots() != null
                        && place.slots().size() == 1
                ? place.routes().get(0).pointReadsFirst()
                : null;
    }

    /** {@code FOR SHARE} in a transaction of its own: it waits for a writer between its two commits. */
    private Optional<Outcome> pointReadFirst(
            Read read, StatementCall call, Lease.Statements statements, RouteSnapshot snapshot, ShardName shard)
            throws SQLException {
        try {
            Lease lease = session.lease(shard);
            boolean strict = snapshot.table().strictReads();
            String sql = strict ? read.forShare().sql() : call.sql();
            StatementCall there = new StatementCall(sql, call.parameters(), false, call.settings());
            lease.autoCommit(!strict);
            try {
                java.sql.PreparedStatement statement = statements.prepare(lease, sql, false);
                for (int i = 0; i < there.parameters().size(); i++) {
                    there.parameters().get(i).setter().set(statement, i + 1);
                }
                there.settings().apply(statement);
                boolean found = ApplicationSession.hasRow(statement.executeQuery());
                return found ? Optional.of(new Outcome(statement, -1)) : Optional.empty();
            } finally {
                if (strict) {
                    lease.physical().rollback();
                    lease.autoCommit(true);
                }
            }
        } catch (SQLException e) {
            // What the new shard refuses is read at the owner [33], whose state is the truth.
            if (MysqlErrors.kind(e, false) == ShardException.Kind.REFUSED) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Where a read without a fence goes: all its slots must have one read route. */
    private static ShardName readShard(Placement place, StatementCall call) throws SQLException {
        ShardName shard = null;
        for (Route route : place.routes()) {
            if (shard != null && !shard.equals(route.reads())) {
                throw AgentErrors.refused("its rows are read on shards " + shard + " and " + route.reads(), call.sql());
            }
            shard = route.reads();
        }
        return shard == null ? place.owner() : shard;
    }

    private Outcome readOnly(RowStatement rows, StatementCall call, Lease.Statements statements) throws SQLException {
        Current now = session.current();
        if (now == null) {
            Pin pin = agent.routes().pin();
            boolean begun = false;
            try {
                Placement place = place(rows, call, pin.snapshot(), Map.of());
                now = session.begin(
                        pin,
                        readShard(place, call),
                        Map.of(),
                        agent.timing().deadlineIn(agent.options().writeTimeout()),
                        false);
                begun = true;
            } finally {
                if (!begun) {
                    agent.routes().unpin(pin);
                }
            }
        }
        Placement place = place(rows, call, now.snapshot(), Map.of());
        if (!readShard(place, call).equals(now.shard())) {
            throw AgentErrors.refused("the transaction began on shard " + now.shard(), call.sql()); // [31]
        }
        now.pin().running(SqlText.forMessage(call.sql()));
        return direct(now.lease(), call, statements);
    }

    private static Placement place(
            RowStatement rows, StatementCall call, RouteSnapshot snapshot, Map<GroupId, Route> overrides)
            throws SQLException {
        return Placement.of(snapshot, rows.shardKey(), rows.tables(), call.parameters(), overrides, call.sql());
    }

    private Outcome write(RowStatement rows, StatementCall call, Lease.Statements statements) throws SQLException {
        if (session.isReadOnly() && rows.writes()) {
            throw new SQLException("the connection is read-only", "25006");
        }
        Current now = session.current();
        if (now != null) {
            return inTransaction(now, rows, call, statements);
        }
        Deadline deadline = agent.timing().deadlineIn(agent.options().writeTimeout());
        Map<GroupId, Route> overrides = new HashMap<>();
        while (true) {
            Pin pin = agent.routes().pin();
            boolean keptPin = false;
            try {
                RouteSnapshot snapshot = pin.snapshot();
                Placement place = place(rows, call, snapshot, overrides);
                if (!snapshot.isMigrating() && !session.isTransactional()) {
                    return direct(session.lease(place.owner()), call, statements); // the hot path
                }
                Current begun = session.begin(pin, place.owner(), overrides, deadline, true);
                Optional<Outcome> outcome = firstStatement(begun, place, rows, call, statements, overrides, deadline);
                keptPin = session.current() == begun;
                if (outcome.isPresent()) {
                    return outcome.get();
                }
            } finally {
                if (!keptPin) {
                    agent.routes().unpin(pin);
                }
            }
        }
    }

    /** Empty: not now, or rolled back before COMMIT was sent; to be tried again under the newest routes. */
    private Optional<Outcome> firstStatement(
            Current begun,
            Placement place,
            RowStatement rows,
            StatementCall call,
            Lease.Statements statements,
            Map<GroupId, Route> overrides,
            Deadline deadline)
            throws SQLException {
        WritingTransaction writing = begun.writing();
        if (writing == null) {
            throw new IllegalStateException("a writing transaction without its fences");
        }
        try {
            for (Route route : place.routes()) {
                writing.enter(route);
            }
        } catch (TransactionFailed e) {
            session.abandon();
            if (e.kind() != TransactionFailed.Kind.NOT_NOW) {
                throw AgentErrors.of(e, call.sql());
            }
            awaitFences(place, begun.pin(), overrides, deadline, e);
            return Optional.empty();
        } catch (RuntimeException e) {
            session.abandon();
            throw e;
        }
        if (session.isTransactional()) {
            return Optional.of(inTransaction(begun, rows, call, statements));
        }
        try {
            Outcome outcome = inTransaction(begun, rows, call, statements);
            writing.commit();
            session.abandon();
            return Optional.of(outcome);
        } catch (TransactionFailed e) {
            session.abandon();
            if (e.kind() == TransactionFailed.Kind.RETRY && !deadline.hasPassed()) {
                return Optional.empty(); // a lone statement that was rolled back before COMMIT was sent runs again
            }
            throw AgentErrors.of(e, call.sql());
        } catch (SQLException e) {
            session.abandon();
            throw e;
        }
    }

    /** Waits without a pin, so that it holds no acknowledgement up [14]; a way found by the fences alone is an override [23]. */
    private void awaitFences(
            Placement place, Pin pin, Map<GroupId, Route> overrides, Deadline deadline, TransactionFailed why)
            throws SQLException {
        agent.routes().unpin(pin);
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
                    way = agent.fenceWait().look(newest, deadline);
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

    private Outcome inTransaction(Current now, RowStatement rows, StatementCall call, Lease.Statements statements)
            throws SQLException {
        WritingTransaction writing = now.writing();
        if (writing == null) {
            throw new SQLException("the transaction is read-only", "25006");
        }
        now.pin().running(SqlText.forMessage(call.sql()));
        Placement place = place(rows, call, now.snapshot(), now.overrides());
        if (!place.owner().equals(now.shard())) {
            throw AgentErrors.refused(
                    "the transaction began on shard " + now.shard() + ", these rows are on " + place.owner(),
                    call.sql()); // [31]
        }
        RowStatements run = new RowStatements(now.lease(), writing, now::route, call, statements);
        Mirrored mirrored = rows.mirrored();
        try {
            boolean mirrors = false;
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
            throw AgentErrors.of(e, call.sql());
        } catch (SQLException e) {
            writing.failed(io.shardshift.shard.JdbcShardSession.translated(now.shard(), e)); // [4]
            throw e;
        }
    }
}
