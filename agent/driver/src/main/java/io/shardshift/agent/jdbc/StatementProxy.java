package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.StatementCall.Parameter;
import io.shardshift.agent.jdbc.StatementCall.Settings;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code Statement} and {@code PreparedStatement} over an {@link ApplicationSession}. Values are recorded when they are set
 * and set again on the physical statement, for the shard is known only when it runs. Results, warnings and generated keys
 * are those of the physical statement that ran last.
 */
final class StatementProxy implements InvocationHandler {
    private final Connection connection;
    private final ApplicationSession session;
    private final @Nullable String sql;
    private final boolean generatedKeys;
    private final Lease.Statements statements = new Lease.Statements();
    private final List<@Nullable Parameter> parameters = new ArrayList<>();
    private final List<StatementCall> batch = new ArrayList<>();
    private Settings settings = Settings.NONE;
    private Outcome last = Outcome.count(-1);
    private boolean ranBatch;
    private boolean closed;

    private StatementProxy(
            Connection connection, ApplicationSession session, @Nullable String sql, boolean generatedKeys) {
        this.connection = connection;
        this.session = session;
        this.sql = sql;
        this.generatedKeys = generatedKeys;
    }

    /** A prepared statement of {@code sql}, or a plain one when it is null. */
    static Statement of(
            Connection connection, ApplicationSession session, @Nullable String sql, boolean generatedKeys) {
        return (Statement) Proxy.newProxyInstance(
                StatementProxy.class.getClassLoader(),
                new Class<?>[] {sql == null ? Statement.class : PreparedStatement.class},
                new StatementProxy(connection, session, sql, generatedKeys));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] maybe) throws Throwable {
        Object[] arguments = maybe == null ? new Object[0] : maybe;
        String name = method.getName();
        if (closed && !name.equals("close") && !name.equals("isClosed")) {
            throw AgentErrors.closed("statement");
        }
        switch (name) {
            case "executeQuery" -> {
                run(arguments);
                return requireResult();
            }
            case "executeUpdate" -> {
                run(arguments);
                return (int) Math.max(0, last.updateCount());
            }
            case "executeLargeUpdate" -> {
                run(arguments);
                return Math.max(0, last.updateCount());
            }
            case "execute" -> {
                run(arguments);
                return last.updateCount() < 0 && last.statement() != null;
            }
            case "addBatch" -> batch.add(call(arguments));
            case "clearBatch" -> batch.clear();
            case "executeBatch" -> {
                return Arrays.stream(runBatch()).mapToInt(Math::toIntExact).toArray();
            }
            case "executeLargeBatch" -> {
                return runBatch();
            }
            case "getUpdateCount" -> {
                return (int) last.updateCount();
            }
            case "getLargeUpdateCount" -> {
                return last.updateCount();
            }
            case "getMoreResults" -> {
                statements.done();
                last = Outcome.count(-1);
                return false;
            }
            case "clearParameters" -> parameters.clear();
            case "getConnection" -> {
                return connection;
            }
            case "setFetchSize" ->
                settings = new Settings((Integer) arguments[0], settings.maxRows(), settings.queryTimeoutSeconds());
            case "getFetchSize" -> {
                return settings.fetchSize();
            }
            case "setMaxRows" ->
                settings = new Settings(settings.fetchSize(), (Integer) arguments[0], settings.queryTimeoutSeconds());
            case "getMaxRows" -> {
                return settings.maxRows();
            }
            case "setQueryTimeout" ->
                settings = new Settings(settings.fetchSize(), settings.maxRows(), (Integer) arguments[0]);
            case "getQueryTimeout" -> {
                return settings.queryTimeoutSeconds();
            }
            case "close" -> {
                closed = true;
                statements.close();
            }
            case "isClosed" -> {
                return closed;
            }
            case "toString" -> {
                return "Shardshift statement";
            }
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            case "equals" -> {
                return proxy == arguments[0];
            }
            case "unwrap" -> {
                Class<?> type = (Class<?>) arguments[0];
                if (type.isInstance(proxy)) {
                    return proxy;
                }
                throw new SQLException("not a wrapper of " + type.getName());
            }
            case "isWrapperFor" -> {
                return ((Class<?>) arguments[0]).isInstance(proxy);
            }
            default -> {
                return other(method, arguments);
            }
        }
        return null;
    }

    private @Nullable Object other(Method method, Object[] arguments) throws Throwable {
        boolean setsParameter = method.getName().startsWith("set")
                && arguments.length >= 2
                && method.getParameterTypes()[0] == int.class
                && sql != null;
        if (setsParameter) {
            set((Integer) arguments[0], method, arguments);
            return null;
        }
        Statement ran = last.statement();
        if (ran == null) {
            return whenNothingRan(method);
        }
        if (ranBatch && method.getName().equals("getGeneratedKeys")) {
            throw AgentErrors.refused(
                    "generated keys of a batch; execute its statements one by one", String.valueOf(sql));
        }
        return invoke(method, ran, arguments);
    }

    private @Nullable Object whenNothingRan(Method method) throws SQLException {
        return switch (method.getName()) {
            case "getResultSet", "getWarnings" -> null;
            case "clearWarnings", "setPoolable", "closeOnCompletion", "setEscapeProcessing", "setFetchDirection" ->
                null;
            case "getResultSetType" -> ResultSet.TYPE_FORWARD_ONLY;
            case "getResultSetConcurrency" -> ResultSet.CONCUR_READ_ONLY;
            case "getResultSetHoldability" -> ResultSet.HOLD_CURSORS_OVER_COMMIT;
            case "isPoolable", "isCloseOnCompletion" -> false;
            case "getFetchDirection" -> ResultSet.FETCH_FORWARD;
            default -> throw AgentErrors.refused("no shard is known before the statement has run", method.getName());
        };
    }

    private void set(int index, Method method, Object[] arguments) throws SQLException {
        if (index < 1) {
            throw new SQLException("parameter " + index + " is not there", "07009");
        }
        while (parameters.size() < index) {
            parameters.add(null);
        }
        boolean toNull = method.getName().equals("setNull");
        if (!toNull && StreamedValue.isStream(arguments[1])) {
            parameters.set(index - 1, StreamedValue.read(arguments));
            return;
        }
        Object[] rest = arguments.clone();
        parameters.set(index - 1, new Parameter(toNull ? null : arguments[1], (statement, place) -> {
            rest[0] = place;
            invoke(method, statement, rest);
        }));
    }

    private static @Nullable Object invoke(Method method, Statement on, Object[] arguments) throws SQLException {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw new SQLException("Connector/J failed in " + method.getName(), "HY000", e.getCause());
        } catch (IllegalAccessException e) {
            throw new SQLException("Connector/J does not offer " + method.getName(), "HY000", e);
        }
    }

    private void run(Object[] arguments) throws SQLException {
        ranBatch = false;
        last = Outcome.count(-1);
        last = session.execute(call(arguments), statements);
    }

    private StatementCall call(Object[] arguments) throws SQLException {
        if (sql == null) {
            boolean keys = arguments.length == 2
                    && !(arguments[1] instanceof Integer flag && flag != Statement.RETURN_GENERATED_KEYS);
            return new StatementCall((String) arguments[0], List.of(), keys, settings);
        }
        if (arguments.length > 0 && arguments[0] instanceof String) {
            throw new SQLException("a prepared statement has its text already", "HY000");
        }
        List<Parameter> bound = new ArrayList<>(parameters.size());
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            if (parameter == null) {
                throw new SQLException("parameter " + (i + 1) + " is not set", "07001");
            }
            bound.add(parameter);
        }
        return new StatementCall(sql, bound, generatedKeys, settings);
    }

    private long[] runBatch() throws SQLException {
        long[] counts = new long[batch.size()];
        int done = 0;
        ranBatch = batch.size() > 1;
        try {
            for (StatementCall call : batch) {
                last = session.execute(call, statements);
                counts[done++] = Math.max(0, last.updateCount());
            }
            return counts;
        } catch (SQLException e) {
            long[] before = Arrays.copyOf(counts, done);
            throw new BatchUpdateException(e.getMessage(), e.getSQLState(), e.getErrorCode(), before, e);
        } finally {
            batch.clear();
        }
    }

    private ResultSet requireResult() throws SQLException {
        Statement ran = last.statement();
        ResultSet result = ran == null ? null : ran.getResultSet();
        if (result == null) {
            throw new SQLException("the statement has no result set", "HY000");
        }
        return result;
    }
}
