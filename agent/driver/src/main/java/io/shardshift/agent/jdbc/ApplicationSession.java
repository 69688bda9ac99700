package io.shardshift.agent.jdbc;

import io.shardshift.agent.routes.Pin;
import io.shardshift.agent.routes.RouteWatch;
import io.shardshift.agent.sql.TransactionControl;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.agent.transaction.WritingTransaction;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One application connection: its settings, its leases on shards and its transaction. A transaction begins with its first
 * statement, on the shard that owns what this names, and stays there.
 *
 * <p>Used by one thread at a time, and proxies hold this object's monitor: a connection that another thread closes in the
 * middle of a commit must not roll the owner back while the mirror is committed. {@link #isClosed} and {@link #abort} are
 * for any thread.
 */
final class ApplicationSession {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationSession.class);

    /** MySQL's for a column or a table that is not there, and for another number of values than of columns. */
    private static final Set<Integer> OTHER_DEFINITION = Set.of(1054, 1136, 1146);

    private final AgentRuntime agent;
    private final Leases leases;
    private final StatementExecution execution;
    private final Binding binding;
    private final Savepoints savepoints;
    private final List<Lease.Statements> streaming = new ArrayList<>(0);
    private boolean autoCommit = true;
    private boolean begun;
    private boolean readOnly;
    private volatile boolean closed;
    private int isolation = Lease.DEFAULT_ISOLATION;
    private int networkTimeoutMillis;
    private @Nullable Current current;

    ApplicationSession(AgentRuntime agent) {
        this.agent = agent;
        this.leases = new Leases(agent);
        this.savepoints = new Savepoints(this);
        this.binding = new Binding(this);
        this.execution = new StatementExecution(this);
    }

    AgentRuntime agent() {
        return agent;
    }

    @Nullable
    Current current() {
        return current;
    }

    boolean isAutoCommit() {
        return autoCommit;
    }

    /** Whether a statement runs in a transaction that the application ends. */
    boolean isTransactional() {
        return !autoCommit || begun;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    boolean isClosed() {
        return closed;
    }

    int isolation() throws SQLException {
        return isolation == Lease.DEFAULT_ISOLATION ? idleLease().physical().getTransactionIsolation() : isolation;
    }

    /** How long a shard may take for an answer, in milliseconds; 0 is for ever. */
    int networkTimeout() {
        return networkTimeoutMillis;
    }

    void setNetworkTimeout(int millis) throws SQLException {
        requireOpen();
        if (millis < 0) {
            throw new SQLException("the network time-out is negative", "22023");
        }
        networkTimeoutMillis = millis;
        if (current != null) {
            current.lease().networkTimeout(millis);
        }
    }

    Outcome execute(StatementCall call, Lease.Statements statements, StatementCall.Wanted wanted) throws SQLException {
        requireOpen();
        statements.done();
        try {
            return execution.execute(call, statements, wanted);
        } catch (SQLException e) {
            if (OTHER_DEFINITION.contains(e.getErrorCode())) {
                agent.forgetDefinitions();
            }
            throw e;
        } catch (RuntimeException e) {
            throw AgentErrors.internal(e);
        }
    }

    void setAutoCommit(boolean wanted) throws SQLException {
        requireOpen();
        if (wanted != autoCommit) {
            if (current != null) {
                commit(); // JDBC: changing it commits
            }
            autoCommit = wanted;
            begun = false;
        }
    }

    void setReadOnly(boolean wanted) throws SQLException {
        requireNoTransaction("setReadOnly");
        readOnly = wanted;
    }

    void setIsolation(int wanted) throws SQLException {
        requireNoTransaction("setTransactionIsolation");
        isolation = wanted;
    }

    /** The sharding key that the connection is bound to. */
    Binding binding() {
        return binding;
    }

    private void requireNoTransaction(String what) throws SQLException {
        requireOpen();
        if (current != null) {
            throw AgentErrors.insideTransaction(what);
        }
    }

    void requireOpen() throws SQLException {
        if (closed) {
            throw AgentErrors.closed("connection");
        }
    }

    /** The session's connection to the shard, under the registration whose routes the caller goes by. */
    Lease lease(ShardName shard, RouteWatch watch) throws SQLException {
        requireOpen(); // aborted while a statement waited
        Lease lease = leases.on(shard, watch);
        lease.networkTimeout(networkTimeoutMillis);
        if (current == null) {
            lease.isolation(isolation);
        }
        return lease;
    }

    /**
     * How long a read may wait for {@code shard}, in milliseconds. One that owns nothing that moves may stand still while its
     * owners do not: then the read is asked of the owner, and must not keep the epoch from ending that leads away from there.
     * An owner may take as long as it does without a migration: 0.
     */
    int patience(Pin pin, ShardName shard) {
        boolean owns = pin.snapshot().table().routes().isEmpty()
                || pin.snapshot().table().routes().stream()
                        .anyMatch(route -> route.owner().equals(shard));
        return owns ? 0 : Math.toIntExact(agent.options().writeTimeout().toMillis());
    }

    /** Begins a transaction on the shard; the caller takes fences, and gives it up with {@link #abandon} if it cannot. */
    Current begin(Pin pin, ShardName shard, Map<GroupId, Route> overrides, Supplier<Deadline> commits, boolean fenced)
            throws SQLException {
        Lease lease = lease(shard, pin.watch());
        lease.patience(fenced ? 0 : patience(pin, shard));
        lease.autoCommit(false);
        WritingTransaction writing = fenced
                ? new WritingTransaction(
                        lease.session(),
                        agent.registered().sessions(),
                        commits,
                        agent.pauses(),
                        agent::countLateMirrorRows)
                : null;
        Current begin = new Current(pin, lease, shard, new LinkedHashMap<>(overrides), writing);
        current = begin;
        return begin;
    }

    /** Rolls a transaction of one statement back; the pin is the caller's. */
    void abandon() throws SQLException {
        Current over = current;
        current = null;
        if (over != null) {
            if (over.lease().serves(over.pin().watch())) {
                over.lease().physical().rollback();
            } else {
                leases.drop(over.lease());
            }
        }
    }

    /** The transaction of one statement was committed; the pin is the caller's. Autocommit is set when next needed. */
    void finished() {
        current = null;
    }

    void commit() throws SQLException {
        requireOpen();
        Current over = current;
        begun = false;
        savepoints.over();
        if (over == null) {
            return;
        }
        WritingTransaction writing = over.writing();
        try {
            if (writing != null) {
                writing.commit();
            } else {
                over.lease().physical().commit();
            }
        } catch (TransactionFailed e) {
            throw AgentErrors.of(e, "COMMIT");
        } catch (RuntimeException e) {
            throw AgentErrors.internal(e);
        } finally {
            end(over);
        }
    }

    void rollback() throws SQLException {
        requireOpen();
        begun = false;
        savepoints.over();
        Current over = current;
        if (over == null) {
            return;
        }
        try {
            WritingTransaction writing = over.writing();
            if (writing != null) {
                writing.rollback();
            } else if (over.lease().serves(over.pin().watch())) {
                over.lease().physical().rollback();
            } // else the server has rolled back with the connection, or the pool will
        } finally {
            end(over);
        }
    }

    private void end(Current over) throws SQLException {
        current = null;
        over.pin().end();
        if (!over.lease().serves(over.pin().watch())) {
            leases.drop(over.lease());
        } else if (autoCommit) {
            over.lease().autoCommit(true);
        }
    }

    Savepoints savepoints() {
        return savepoints;
    }

    Outcome control(TransactionControl control) throws SQLException {
        switch (control.kind()) {
            case BEGIN, BEGIN_WITH_SNAPSHOT -> {
                commit();
                begun = true;
            }
            case BEGIN_READ_ONLY, BEGIN_READ_ONLY_WITH_SNAPSHOT ->
                throw AgentErrors.refused("use Connection.setReadOnly(true) instead", "START TRANSACTION READ ONLY");
            case COMMIT -> commit();
            case ROLLBACK -> rollback();
            case SAVEPOINT -> savepoints.set(control.name().orElseThrow());
            case ROLLBACK_TO -> savepoints.rollbackTo(control.name().orElseThrow());
            case RELEASE -> savepoints.release(control.name().orElseThrow());
            case AUTOCOMMIT_ON -> setAutoCommit(true);
            case AUTOCOMMIT_OFF -> setAutoCommit(false);
        }
        return Outcome.count(0);
    }

    /** A setting of the session: now on every lease, and on each that comes. */
    void setting(StatementCall call) throws SQLException {
        if (!call.parameters().isEmpty()) {
            throw AgentErrors.refused(
                    "a session setting is repeated on other shards and takes no parameters", call.sql());
        }
        leases.set(call.sql());
    }

    /** The lease that was used last, or some shard's: for what any shard answers, and what asks for the last statement. */
    Lease anyLease() throws SQLException {
        Current now = current;
        if (now != null) {
            return now.lease();
        }
        RouteWatch watch = agent.routes();
        Lease last = leases.lastUsed(watch);
        if (last == null) {
            return lease(binding.home(watch.current()), watch);
        }
        last.networkTimeout(networkTimeoutMillis);
        return last;
    }

    /** {@link #anyLease}, on which what is read outside a transaction leaves no snapshot behind for the next one. */
    Lease idleLease() throws SQLException {
        Lease lease = anyLease();
        if (current == null) {
            lease.autoCommit(true);
        }
        return lease;
    }

    /** A result of {@code statements} is still being read, under {@code pin}, until those are done or this is closed. */
    void streams(Lease.Statements statements, Pin pin) {
        statements.streams(pin);
        streaming.removeIf(before -> before.equals(statements) || !before.isStreaming());
        streaming.add(statements);
    }

    void close() throws SQLException {
        if (closed) {
            return;
        }
        try {
            if (current != null) {
                rollback();
            }
        } finally {
            closed = true;
            endStreams();
            leases.giveBack();
        }
    }

    /** A result that is still being read would be in the way of all that is done with its connection. */
    private void endStreams() {
        for (Lease.Statements statements : streaming) {
            try {
                statements.close();
            } catch (SQLException e) {
                LOG.debug("a connection was lost while a result was read", e);
            }
        }
        streaming.clear();
    }

    /** Closes the session at once, from any thread; {@code executor} cuts what is under way and gives the pins back. */
    void abort(Executor executor) {
        if (!closed) {
            closed = true;
            executor.execute(this::cut);
        }
    }

    private void cut() {
        leases.abort();
        synchronized (this) { // what was under way keeps its pin until it has noticed
            Current over = current;
            current = null;
            if (over != null) {
                over.pin().end();
            }
            endStreams();
            leases.discard();
        }
    }
}
