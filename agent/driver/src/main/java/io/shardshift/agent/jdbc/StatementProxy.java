package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.StatementCall.Parameter;
import io.shardshift.agent.jdbc.StatementCall.Settings;
import io.shardshift.agent.jdbc.StatementCall.Wanted;
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
 * and set again on the physical statement, for the shard is known only when it runs. Warnings are those of the physical
 * statement that ran last; results are {@link ResultProxy}, and end with the next execution. What is not listed here by
 * name is refused.
 */
final class StatementProxy extends JdbcProxy {
    private final Connection connection;
    private final ApplicationSession session;
    private final @Nullable String sql;
    private final boolean generatedKeys;
    private final Statement proxy;
    private final Lease.Statements statements = new Lease.Statements();
    private final List<@Nullable Parameter> parameters = new ArrayList<>();
    private final List<StatementCall> batch = new ArrayList<>(0);
    private final List<ResultProxy> results = new ArrayList<>(1);
    private Settings settings;
    private Outcome last = Outcome.count(-1);
    private @Nullable ResultProxy result;
    private boolean ranBatch;
    private boolean closesOnCompletion;
    private boolean endsResults;
    private volatile boolean closed;

    private StatementProxy(
            Connection connection,
            ApplicationSession session,
            @Nullable String sql,
            boolean generatedKeys,
            Settings settings) {
        this.connection = connection;
        this.session = session;
        this.sql = sql;
        this.generatedKeys = generatedKeys;
        this.settings = settings;
        this.proxy = (Statement) Proxy.newProxyInstance(
                StatementProxy.class.getClassLoader(),
                new Class<?>[] {sql == null ? Statement.class : PreparedStatement.class},
                this);
    }

    /** A prepared statement of {@code sql}, or a plain one when it is null. */
    static Statement of(
            Connection connection,
            ApplicationSession session,
            @Nullable String sql,
            boolean generatedKeys,
            Settings settings) {
        return new StatementProxy(connection, session, sql, generatedKeys, settings).proxy;
    }

    @Override
    @Nullable
    Object call(Object self, Method method, Object[] arguments) throws SQLException {
        String name = method.getName();
        if (name.equals("isClosed")) {
            return closed || session.isClosed();
        }
        synchronized (session) {
            if (name.equals("close")) {
                close();
                return null;
            }
            if (closed || session.isClosed()) {
                throw AgentErrors.closed("statement");
            }
            return executes(name, method, arguments);
        }
    }

    private @Nullable Object executes(String name, Method method, Object[] arguments) throws SQLException {
        switch (name) {
            case "executeQuery" -> {
                run(arguments, Wanted.ROWS);
                if (result == null) {
                    throw new SQLException("the statement has no result set", "HY000");
                }
                return result.proxy();
            }
            case "executeUpdate" -> {
                run(arguments, Wanted.COUNT);
                return (int) Math.max(0, last.updateCount());
            }
            case "executeLargeUpdate" -> {
                run(arguments, Wanted.COUNT);
                return Math.max(0, last.updateCount());
            }
            case "execute" -> {
                run(arguments, Wanted.ANY);
                return result != null;
            }
            case "addBatch" -> batch.add(statementCall(arguments));
            case "clearBatch" -> batch.clear();
            case "executeBatch" -> {
                return Arrays.stream(runBatch()).mapToInt(Math::toIntExact).toArray();
            }
            case "executeLargeBatch" -> {
                return runBatch();
            }
            default -> {
                return answers(name, method, arguments);
            }
        }
        return null;
    }

    /** What the last execution brought. */
    private @Nullable Object answers(String name, Method method, Object[] arguments) throws SQLException {
        switch (name) {
            case "getResultSet" -> {
                return result == null ? null : result.proxy();
            }
            case "getUpdateCount" -> {
                return (int) last.updateCount();
            }
            case "getLargeUpdateCount" -> {
                return last.updateCount();
            }
            case "getMoreResults" -> {
                if (arguments.length == 1
                        && Integer.valueOf(Statement.KEEP_CURRENT_RESULT).equals(arguments[0])) {
                    throw AgentErrors.refused("a statement has one open result", "KEEP_CURRENT_RESULT");
                }
                endResults();
                last = Outcome.count(-1);
                return false;
            }
            case "getGeneratedKeys" -> {
                return keys().proxy();
            }
            case "getMetaData" -> { // without a result Connector/J would run the query once more, past the route
                return result == null || result.isClosed()
                        ? null
                        : result.physical().getMetaData();
            }
            case "getParameterMetaData" -> {
                return ask(requireRan(name), method, arguments);
            }
            case "getWarnings", "clearWarnings" -> {
                return last.statement() == null ? null : ask(last.statement(), method, arguments);
            }
            case "getConnection" -> {
                return connection;
            }
            default -> {
                return sets(name, method, arguments);
            }
        }
    }

    private @Nullable Object sets(String name, Method method, Object[] arguments) throws SQLException {
        switch (name) {
            case "clearParameters" -> parameters.clear();
            case "setFetchSize" -> {
                int rows = (Integer) arguments[0];
                settings = settings.withFetchSize(rows == Integer.MIN_VALUE ? rows : notNegative(name, rows));
            }
            case "setMaxRows", "setLargeMaxRows" ->
                settings = settings.withMaxRows(notNegative(name, (Number) arguments[0]));
            case "setQueryTimeout" -> settings = settings.withQueryTimeout(notNegative(name, (Number) arguments[0]));
            case "closeOnCompletion" -> closesOnCompletion = true;
            case "setPoolable", "setEscapeProcessing", "setFetchDirection" -> {} // hints
            case "setMaxFieldSize" -> {
                if (!Integer.valueOf(0).equals(arguments[0])) {
                    throw AgentErrors.refused("values are not cut", name);
                }
            }
            case "getFetchSize" -> {
                return settings.fetchSize();
            }
            case "getMaxRows" -> {
                return settings.maxRows();
            }
            case "getLargeMaxRows" -> {
                return (long) settings.maxRows();
            }
            case "getQueryTimeout" -> {
                return settings.queryTimeoutSeconds();
            }
            case "getMaxFieldSize" -> {
                return 0;
            }
            case "getFetchDirection" -> {
                return ResultSet.FETCH_FORWARD;
            }
            case "getResultSetType" -> {
                return settings.scrolls() ? ResultSet.TYPE_SCROLL_INSENSITIVE : ResultSet.TYPE_FORWARD_ONLY;
            }
            case "getResultSetConcurrency" -> {
                return ResultSet.CONCUR_READ_ONLY;
            }
            case "getResultSetHoldability" -> {
                return ResultSet.HOLD_CURSORS_OVER_COMMIT;
            }
            case "isPoolable" -> {
                return false;
            }
            case "isCloseOnCompletion" -> {
                return closesOnCompletion;
            }
            case "enquoteLiteral", "enquoteNCharLiteral", "enquoteIdentifier", "isSimpleIdentifier" -> {
                try (Statement any = session.anyLease().physical().createStatement()) {
                    return ask(any, method, arguments);
                }
            }
            default -> set(name, method, arguments);
        }
        return null;
    }

    private static int notNegative(String name, Number value) throws SQLException {
        if (value.longValue() < 0 || value.longValue() > Integer.MAX_VALUE) {
            throw new SQLException(name + " of " + value, "22023");
        }
        return value.intValue();
    }

    /** A parameter's value; nothing else has an index and a value. */
    private void set(String name, Method method, Object[] arguments) throws SQLException {
        if (sql == null
                || arguments.length < 2
                || !(arguments[0] instanceof Integer place)
                || !name.startsWith("set")) {
            throw AgentErrors.refused("it is not supported through the agent", name);
        }
        if (place < 1) {
            throw new SQLException("parameter " + place + " is not there", "07009");
        }
        while (parameters.size() < place) {
            parameters.add(null);
        }
        boolean toNull = name.equals("setNull");
        if (!toNull && StreamedValue.isStream(arguments[1])) {
            parameters.set(place - 1, StreamedValue.read(arguments));
            return;
        }
        Object[] again = arguments.clone();
        parameters.set(place - 1, new Parameter(toNull ? null : TargetType.routed(name, arguments), (statement, at) -> {
            again[0] = at;
            ask(statement, method, again);
        }));
    }

    private Statement requireRan(String name) throws SQLException {
        Statement ran = last.statement();
        if (ran == null) {
            throw AgentErrors.refused("no shard is known before the statement has run", name);
        }
        return ran;
    }

    private ResultProxy keys() throws SQLException {
        Statement ran = requireRan("getGeneratedKeys");
        if (ranBatch) {
            throw AgentErrors.refused(
                    "generated keys of a batch; execute its statements one by one", String.valueOf(sql));
        }
        return opened(ran.getGeneratedKeys());
    }

    private ResultProxy opened(ResultSet physical) {
        ResultProxy opened = new ResultProxy(physical, proxy, session, this::ended);
        results.add(opened);
        return opened;
    }

    private void ended(ResultProxy one) throws SQLException {
        results.remove(one);
        if (one == result) {
            statements.done();
        }
        if (closesOnCompletion && !endsResults && results.isEmpty()) {
            close();
        }
    }

    private void run(Object[] arguments, Wanted wanted) throws SQLException {
        StatementCall call = statementCall(arguments);
        endResults();
        ranBatch = false;
        last = Outcome.count(-1);
        last = session.execute(call, statements, wanted);
        Statement ran = last.statement();
        ResultSet rows = last.updateCount() < 0 && ran != null ? ran.getResultSet() : null;
        if (rows != null) {
            result = opened(rows);
        }
        if (rows != null && wanted == Wanted.COUNT) {
            endResults();
            throw new SQLException("executeUpdate of a statement that gives rows: use executeQuery", "HY000");
        }
    }

    private StatementCall statementCall(Object[] arguments) throws SQLException {
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
        endResults();
        long[] counts = new long[batch.size()];
        int done = 0;
        ranBatch = batch.size() > 1;
        try {
            for (StatementCall call : batch) {
                last = session.execute(call, statements, Wanted.COUNT);
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

    /** What the last execution brought is over, and so is what it kept from being acknowledged [11]. */
    private void endResults() throws SQLException {
        if (results.isEmpty()) {
            result = null;
            statements.done();
            return;
        }
        endsResults = true;
        try {
            for (ResultProxy open : List.copyOf(results)) {
                open.close();
            }
        } finally {
            endsResults = false;
            result = null;
            statements.done();
        }
    }

    private void close() throws SQLException {
        if (!closed) {
            closed = true;
            endResults();
            statements.close();
        }
    }

    @Override
    String name() {
        return "statement";
    }
}
