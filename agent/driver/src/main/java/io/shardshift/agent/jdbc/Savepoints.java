package io.shardshift.agent.jdbc;

import io.shardshift.agent.transaction.TransactionFailed;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Savepoints of one application connection. One before the first statement has no shard yet: it is set when there is one. */
final class Savepoints {
    private final ApplicationSession session;
    private final List<String> early = new ArrayList<>(0);

    Savepoints(ApplicationSession session) {
        this.session = session;
    }

    void set(String name) throws SQLException {
        session.requireOpen();
        Current now = session.current();
        if (now != null) {
            set(now, name);
        } else if (session.isTransactional()) {
            early.removeIf(name::equalsIgnoreCase);
            early.add(name);
        } else {
            throw AgentErrors.noTransaction("SAVEPOINT");
        }
    }

    /** The transaction's fences are held, nothing was executed: savepoints that the application set before are set now. */
    void begun(Current now) throws SQLException {
        for (String name : early) {
            set(now, name);
        }
        early.clear();
    }

    /** The transaction has ended, or will before it has a shard. */
    void over() {
        early.clear();
    }

    private static void set(Current now, String name) throws SQLException {
        if (now.writing() != null && now.writing().isDead()) {
            throw AgentErrors.retry("it takes only ROLLBACK", null); // [4]
        }
        raw(now, "SAVEPOINT " + Identifiers.quote(name));
        if (now.writing() != null) {
            now.writing().savepointSet(name);
        }
    }

    void rollbackTo(String name) throws SQLException {
        session.requireOpen();
        Current now = session.current();
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
        session.requireOpen();
        Current now = session.current();
        if (now == null) {
            requireEarly(name, "RELEASE SAVEPOINT");
            early.removeIf(name::equalsIgnoreCase);
        } else {
            raw(now, "RELEASE SAVEPOINT " + Identifiers.quote(name));
        }
    }

    private void requireEarly(String name, String what) throws SQLException {
        if (early.stream().noneMatch(name::equalsIgnoreCase)) {
            throw AgentErrors.noTransaction(what);
        }
    }

    private static void raw(Current now, String sql) throws SQLException {
        try (Statement statement = now.lease().physical().createStatement()) {
            statement.execute(sql);
        }
    }
}
