package io.shardshift.agent.jdbc;

import io.shardshift.agent.routes.Pin;
import io.shardshift.agent.routes.RouteSnapshot;
import io.shardshift.agent.sql.Analysis;
import io.shardshift.agent.sql.TransactionControl;
import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.agent.transaction.WritingTransaction;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One application connection: its settings, its leases on shards and its transaction. A transaction begins with its first
 * statement, on the shard that owns what this names, and stays there. Used by one thread at a time, as JDBC has it.
 */
final class ApplicationSession {
    private final AgentRuntime agent;
    private final Map<ShardName, Lease> leases = new HashMap<>();
    private final List<String> settings = new ArrayList<>();
    private final StatementExecution execution;
    private boolean autoCommit = true;
    private boolean begun;
    private boolean readOnly;
    private boolean closed;
    private int isolation = Connection.TRANSACTION_REPEATABLE_READ;
    private @Nullable Current current;

    /** The transaction under way. {@code writing} is null for a read-only one: that needs no fence [30]. */
    static final class Current {
        private final Pin pin;
        private final Lease lease;
        private final ShardName shard;
        private final Map<GroupId, Route> overrides;
        private final @Nullable WritingTransaction writing;

        Current(
                Pin pin,
                Lease lease,
                ShardName shard,
                Map<GroupId, Route> overrides,
                @Nullable WritingTransaction writing) {
            this.pin = pin;
            this.lease = lease;
            this.shard = shard;
            this.overrides = overrides;
            this.writing = writing;
        }

        RouteSnapshot snapshot() {
            return pin.snapshot();
        }

        Pin pin() {
            return pin;
        }

        Lease lease() {
            return lease;
        }

        ShardName shard() {
            return shard;
        }

        Map<GroupId, Route> overrides() {
            return overrides;
        }

        @Nullable
        WritingTransaction writing() {
            return writing;
        }

        /** The route of a moving slot as this transaction holds it. */
        @Nullable
        Route route(int slot) {
            Route route = snapshot().index().route(slot);
            return route == null ? null : overrides.getOrDefault(route.group().id(), route);
        }
    }

    ApplicationSession(AgentRuntime agent) {
        this.agent = agent;
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

    int isolation() {
        return isolation;
    }

    Outcome execute(StatementCall call, Lease.Statements statements) throws SQLException {
        requireOpen();
        return execution.execute(call, statements);
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

    private void requireNoTransaction(String what) throws SQLException {
        requireOpen();
        if (current != null) {
            throw new SQLException(what + " inside a transaction", "25001");
        }
    }

    void requireOpen() throws SQLException {
        if (closed) {
            throw AgentErrors.closed("connection");
        }
    }

    Lease lease(ShardName shard) throws SQLException {
        Lease lease = leases.get(shard);
        if (lease == null) {
            lease = new Lease(shard, agent.connect(shard), isolation);
            leases.put(shard, lease);
            for (String setting : settings) {
                apply(lease, setting);
            }
        }
        if (current == null) {
            lease.isolation(isolation);
        }
        return lease;
    }

    /** Begins a transaction on the shard; the caller takes fences, and gives it up with {@link #abandon} if it cannot. */
    Current begin(Pin pin, ShardName shard, Map<GroupId, Route> overrides, Deadline deadline, boolean fenced)
            throws SQLException {
        Lease lease = lease(shard);
        lease.autoCommit(false);
        WritingTransaction writing = fenced
                ? new WritingTransaction(
                        lease.session(), agent.sessions(), deadline, agent.pauses(), agent::countLateMirrorRows)
                : null;
        Current begin = new Current(pin, lease, shard, new LinkedHashMap<>(overrides), writing);
        current = begin;
        return begin;
    }

    /** Ends a transaction that has executed nothing; the pin is the caller's. */
    void abandon() throws SQLException {
        Current over = current;
        current = null;
        if (over != null) {
            over.lease().physical().rollback();
            over.lease().autoCommit(!isTransactional());
        }
    }

    void commit() throws SQLException {
        requireOpen();
        Current over = current;
        begun = false;
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
        } finally {
            end(over);
        }
    }

    void rollback() throws SQLException {
        requireOpen();
        begun = false;
        Current over = current;
        if (over == null) {
            return;
        }
        try {
            WritingTransaction writing = over.writing();
            if (writing != null) {
                writing.rollback();
            } else {
                over.lease().physical().rollback();
            }
        } finally {
            end(over);
        }
    }

    private void end(Current over) throws SQLException {
        current = null;
        agent.routes().unpin(over.pin());
        if (!over.lease().session().isUsable() || over.lease().physical().isClosed()) {
            leases.values().remove(over.lease());
            over.lease().close(); // the pool evicts a broken connection
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

    /** A savepoint before the first statement has no shard yet: refused, for it would mean the whole transaction. */
    void savepoint(String name) throws SQLException {
        Current now = transaction("SAVEPOINT");
        raw(now, "SAVEPOINT " + io.shardshift.shard.Identifiers.quote(name));
        if (now.writing() != null) {
            now.writing().savepointSet(name);
        }
    }

    void rollbackTo(String name) throws SQLException {
        Current now = transaction("ROLLBACK TO SAVEPOINT");
        raw(now, "ROLLBACK TO SAVEPOINT " + io.shardshift.shard.Identifiers.quote(name));
        if (now.writing() != null) {
            try {
                now.writing().rolledBackTo(name);
            } catch (TransactionFailed e) {
                throw AgentErrors.of(e, "ROLLBACK TO SAVEPOINT");
            }
        }
    }

    void release(String name) throws SQLException {
        raw(transaction("RELEASE SAVEPOINT"), "RELEASE SAVEPOINT " + io.shardshift.shard.Identifiers.quote(name));
    }

    private Current transaction(String what) throws SQLException {
        requireOpen();
        if (current == null) {
            throw AgentErrors.refused("a transaction has no shard before its first row statement", what);
        }
        return current;
    }

    private static void raw(Current now, String sql) throws SQLException {
        try (Statement statement = now.lease().physical().createStatement()) {
            statement.execute(sql);
        }
    }

    /** A setting of the session: now on every lease, and on each that comes. */
    void setting(String sql) throws SQLException {
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

    /** Some shard's lease, for what any shard answers. */
    Lease anyLease() throws SQLException {
        Current now = current;
        if (now != null) {
            return now.lease();
        }
        Optional<Lease> open = leases.values().stream().findFirst();
        return open.isPresent()
                ? open.get()
                : lease(agent.routes().current().table().slotMap().shards().firstKey());
    }

    Analysis analyze(RouteSnapshot snapshot, String sql) throws SQLException {
        return agent.catalog(snapshot).statements().analyze(sql);
    }

    /** Whether the result has a row, without taking it: Connector/J holds the whole result. */
    static boolean hasRow(ResultSet result) throws SQLException {
        return result.isBeforeFirst();
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
            for (Lease lease : leases.values()) {
                if (!settings.isEmpty()) {
                    lease.physical()
                            .unwrap(com.mysql.cj.jdbc.JdbcConnection.class)
                            .resetServerState();
                }
                lease.autoCommit(true);
                lease.close();
            }
            leases.clear();
        }
    }
}
