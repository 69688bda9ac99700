package io.shardshift.agent.jdbc;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A result set as the application holds it. Its statement, and by that its connection, are the application's: the shard's
 * own would write past the fences, and would still be held when the pool has given them to somebody else. Rows are read
 * only; all else is the shard's answer.
 */
final class ResultProxy extends JdbcProxy {
    /** Told once, when the application closes the result or its statement does. */
    @FunctionalInterface
    interface WhenClosed {
        void closed(ResultProxy result) throws SQLException;
    }

    private final ResultSet physical;
    private final Statement statement;
    private final ApplicationSession session;
    private final WhenClosed whenClosed;
    private final ResultSet proxy;
    private volatile boolean closed;

    /** @param statement the application's */
    ResultProxy(ResultSet physical, Statement statement, ApplicationSession session, WhenClosed whenClosed) {
        this.physical = physical;
        this.statement = statement;
        this.session = session;
        this.whenClosed = whenClosed;
        this.proxy = of(ResultSet.class, this);
    }

    /** What the application is given. */
    ResultSet proxy() {
        return proxy;
    }

    ResultSet physical() {
        return physical;
    }

    @Override
    @Nullable
    Object call(Object self, Method method, Object[] arguments) throws SQLException {
        String name = method.getName();
        switch (name) {
            case "close" -> {
                close();
                return null;
            }
            case "isClosed" -> {
                return isClosed();
            }
            case "getStatement" -> {
                requireOpen();
                return statement;
            }
            case "insertRow", "updateRow", "deleteRow", "moveToInsertRow" -> throw readOnly(name);
            default -> {
                if (name.startsWith("update")) {
                    throw readOnly(name);
                }
                requireOpen();
                return ask(physical, method, arguments);
            }
        }
    }

    boolean isClosed() throws SQLException {
        return closed || session.isClosed() || physical.isClosed();
    }

    void close() throws SQLException {
        synchronized (session) { // its statement may be running on another thread
            if (!closed) {
                closed = true;
                try {
                    physical.close();
                } finally {
                    whenClosed.closed(this);
                }
            }
        }
    }

    /** The pool closes the shard's own result with its connection; this is for what Connector/J would still answer. */
    private void requireOpen() throws SQLException {
        if (closed || session.isClosed()) {
            throw new SQLException("This result set is closed", "HY000");
        }
    }

    private static SQLException readOnly(String method) {
        return AgentErrors.refused("an updatable result would change rows past the fence", method);
    }

    @Override
    String name() {
        return "result set";
    }
}
