package io.shardshift.agent.jdbc;

import io.shardshift.agent.routes.Pin;
import io.shardshift.agent.routes.RouteSnapshot;
import io.shardshift.agent.routes.RouteWatch;
import io.shardshift.agent.sql.Analysis;
import io.shardshift.agent.sql.TransactionControl;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.agent.transaction.WritingTransaction;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One application connection: its settings, its leases on shards and its transaction. A transaction begins with its first
 * statement, on the shard that owns what this names, and stays there. Used by one thread at a time, as JDBC has it.
 */
final class ApplicationSession {
    private static final Logger LOG = LoggerFactory.getLogger(ApplicationSession.class);
    private final AgentRuntime agent;
    private final Map<ShardName, Lease> leases = new HashMap<>();
    private final List<String> settings = new ArrayList<>();
    private final StatementExecution execution;
    private final Binding binding;
    private final List<String> earlySavepoints = new ArrayList<>();
    private final Set<Lease.Statements> streaming = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean autoCommit = true;
    private boolean begun;
    private boolean readOnly;
    private boolean closed;
    private int isolation = Lease.DEFAULT_ISOLATION;
    private @Nullable Current current;
    private @Nullable Lease lastUsed;

    ApplicationSession(AgentRuntime agent) {
        this.agent = agent;
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
        return isolation == Lease.DEFAULT_ISOLATION ? anyLease().physical().getTransactionIsolation() : isolation;
    }

    Outcome execute(StatementCall call, Lease.Statements statements) throws SQLException {
        requireOpen();
        statements.done();
        try {
            return execution.execute(call, statements);
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
        Lease lease = leases.get(shard);
        if (lease != null && !lease.serves(watch)) {
            drop(lease);
            lease = null;
        }
        if (lease == null) {
            lease = new Lease(shard, watch, agent.connect(shard, watch), isolation);
            leases.put(shard, lease);
            for (String setting : settings) {
                apply(lease, setting);
            }
        }
        if (current == null) {
            lease.isolation(isolation);
        }
        lastUsed = lease;
        return lease;
    }

    private void drop(Lease lease) throws SQLException {
        leases.values().remove(lease);
        if (lease.equals(lastUsed)) {
            lastUsed = null;
        }
        lease.close(); // the pool evicts a broken connection
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

    /** The transaction's fences are held, nothing was executed: savepoints that the application set before are set now. */
    void fencesHeld(Current now) throws SQLException {
        for (String name : earlySavepoints) {
            savepoint(now, name);
        }
        earlySavepoints.clear();
    }

    /** Rolls a transaction of one statement back; the pin is the caller's. */
    void abandon() throws SQLException {
        Current over = current;
        current = null;
        if (over != null) {
            if (over.lease().serves(over.pin().watch())) {
                over.lease().physical().rollback();
            } else {
                drop(over.lease());
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
        earlySavepoints.clear();
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
        earlySavepoints.clear();
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
            drop(over.lease());
        } else if (autoCommit) {
            over.lease().autoCommit(true);
        }
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
            case SAVEPOINT -> savepoint(control.name().orElseThrow());
            case ROLLBACK_TO -> rollbackTo(control.name().orElseThrow());
            case RELEASE -> release(control.name().orElseThrow());
            case AUTOCOMMIT_ON -> setAutoCommit(true);
            case AUTOCOMMIT_OFF -> setAutoCommit(false);
        }
        return Outcome.count(0);
    }

    /** A savepoint before the first statement has no shard yet: it is set when the transaction has one. */
    void savepoint(String name) throws SQLException {
        requireOpen();
        Current now = current;
        if (now != null) {
            savepoint(now, name);
        } else if (isTransactional()) {
            earlySavepoints.removeIf(name::equalsIgnoreCase);
            earlySavepoints.add(name);
        } else {
            throw AgentErrors.noTransaction("SAVEPOINT");
        }
    }

    private static void savepoint(Current now, String name) throws SQLException {
        if (now.writing() != null && now.writing().isDead()) {
            throw AgentErrors.retry("it takes only ROLLBACK", null); // [4]
        }
        raw(now, "SAVEPOINT " + Identifiers.quote(name));
        if (now.writing() != null) {
            now.writing().savepointSet(name);
        }
    }

    void rollbackTo(String name) throws SQLException {
        requireOpen();
        Current now = current;
        if (now == null) {
            requireEarly(name, "ROLLBACK TO SAVEPOINT"); // nothing has happened since
            return;
        }
        raw(now, "ROLLBACK TO SAVEPOINT " + Identifiers.quote(name));
        if (now.writing() != null) {
            try {
                now.writing().rolledBackTo(name);
            } catch (TransactionFailed e) {
                throw AgentErrors.of(e, "ROLLBACK TO SAVEPOINT");
            }
        }
    }

    void release(String name) throws SQLException {
        requireOpen();
        Current now = current;
        if (now == null) {
            requireEarly(name, "RELEASE SAVEPOINT");
            earlySavepoints.removeIf(name::equalsIgnoreCase);
        } else {
            raw(now, "RELEASE SAVEPOINT " + Identifiers.quote(name));
        }
    }

    private void requireEarly(String name, String what) throws SQLException {
        if (earlySavepoints.stream().noneMatch(name::equalsIgnoreCase)) {
            throw AgentErrors.noTransaction(what);
        }
    }

    private static void raw(Current now, String sql) throws SQLException {
        try (Statement statement = now.lease().physical().createStatement()) {
            statement.execute(sql);
        }
    }

    /** A setting of the session: now on every lease, and on each that comes. */
    void setting(StatementCall call) throws SQLException {
        String sql = call.sql();
        if (!call.parameters().isEmpty()) {
            throw AgentErrors.refused("a session setting is repeated on other shards and takes no parameters", sql);
        }
        for (Lease lease : leases.values()) {
            apply(lease, sql);
        }
        settings.add(sql);
    }

    private static void apply(Lease lease, String sql) throws SQLException {
        try (Statement statement = lease.physical().createStatement()) {
            statement.execute(sql);
        }
    }

    /** The lease that was used last, or some shard's: for what any shard answers, and what asks for the last statement. */
    Lease anyLease() throws SQLException {
        Current now = current;
        if (now != null) {
            return now.lease();
        }
        RouteWatch watch = agent.routes();
        Lease last = lastUsed;
        if (last != null && last.serves(watch)) {
            return last;
        }
        return lease(binding.home(watch.current()), watch);
    }

    /** A result of {@code statements} is still being read, under {@code pin}, until those are done or this is closed. */
    void streams(Lease.Statements statements, Pin pin) {
        statements.streams(pin);
        streaming.removeIf(before -> !before.isStreaming());
        streaming.add(statements);
    }

    Analysis analyze(RouteSnapshot snapshot, String sql) throws SQLException {
        return agent.catalog(snapshot).statements().analyze(sql);
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
            streaming.forEach(Lease.Statements::done);
            leases.values().forEach(this::giveBack);
            leases.clear();
        }
    }

    /** A connection that is lost by now costs the application nothing: its transactions have ended, and the pool evicts it. */
    private void giveBack(Lease lease) {
        try {
            if (!settings.isEmpty() && lease.serves(agent.routes())) {
                lease.physical().unwrap(com.mysql.cj.jdbc.JdbcConnection.class).resetServerState();
            }
            lease.close(); // the pool resets what JDBC can set
        } catch (SQLException e) {
            LOG.debug("a connection was lost before it was given back", e);
        }
    }
}
