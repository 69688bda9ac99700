package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.StatementCall.Settings;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * {@code java.sql.Connection} over an {@link ApplicationSession}. A proxy, because most of the interface's methods are one
 * shard's answer whichever the shard is; all are listed by name, and what could not be routed is refused.
 */
final class ConnectionProxy extends JdbcProxy {
    private final ApplicationSession session;
    private int savepoints;

    private ConnectionProxy(ApplicationSession session) {
        this.session = session;
    }

    static Connection of(ApplicationSession session) {
        return of(Connection.class, new ConnectionProxy(session));
    }

    /** A savepoint by name; JDBC's unnamed ones get a name of ours. */
    private record NamedSavepoint(String name, int id) implements Savepoint {
        @Override
        public int getSavepointId() {
            return id;
        }

        @Override
        public String getSavepointName() {
            return name;
        }
    }

    @Override
    @Nullable
    Object call(Object proxy, Method method, Object[] arguments) throws SQLException {
        switch (method.getName()) {
            case "isClosed" -> {
                return session.isClosed();
            }
            case "isValid" -> {
                return !session.isClosed();
            }
            case "abort" -> {
                if (arguments[0] == null) {
                    throw new SQLException("abort needs an executor", "22023");
                }
                session.abort((Executor) arguments[0]); // without the monitor: it is for what is under way
                return null;
            }
            case "setClientInfo" -> { // may throw SQLClientInfoException alone, and nothing is kept
                return null;
            }
            default -> {
                synchronized (session) {
                    return statements((Connection) proxy, method, arguments);
                }
            }
        }
    }

    private @Nullable Object statements(Connection proxy, Method method, Object[] arguments) throws SQLException {
        String name = method.getName();
        switch (name) {
            case "close" -> {
                session.close();
                return null;
            }
            case "createStatement" -> {
                session.requireOpen();
                Settings settings = resultSettings(arguments, 0);
                return StatementProxy.of(proxy, session, null, false, settings);
            }
            case "prepareStatement" -> {
                session.requireOpen();
                boolean typed = arguments.length > 2;
                Settings settings = typed ? resultSettings(arguments, 1) : Settings.NONE;
                return StatementProxy.of(
                        proxy, session, (String) arguments[0], wantsGeneratedKeys(method, arguments), settings);
            }
            case "prepareCall" -> throw AgentErrors.refused("stored procedures may write unseen", "CALL");
            case "getMetaData" -> {
                session.requireOpen();
                return MetaDataProxy.of(proxy, session);
            }
            default -> {
                return transactions(name, method, arguments);
            }
        }
    }

    private @Nullable Object transactions(String name, Method method, Object[] arguments) throws SQLException {
        switch (name) {
            case "commit" -> session.commit();
            case "rollback" -> {
                if (arguments.length == 1) {
                    session.savepoints().rollbackTo(((Savepoint) arguments[0]).getSavepointName());
                } else {
                    session.rollback();
                }
            }
            case "setSavepoint" -> {
                String savepoint = arguments.length == 1 ? (String) arguments[0] : "shardshift_" + (savepoints + 1);
                session.savepoints().set(savepoint);
                return new NamedSavepoint(savepoint, ++savepoints);
            }
            case "releaseSavepoint" -> session.savepoints().release(((Savepoint) arguments[0]).getSavepointName());
            case "setAutoCommit" -> session.setAutoCommit((Boolean) arguments[0]);
            case "getAutoCommit" -> {
                return session.isAutoCommit();
            }
            case "setReadOnly" -> session.setReadOnly((Boolean) arguments[0]);
            case "isReadOnly" -> {
                return session.isReadOnly();
            }
            case "setTransactionIsolation" -> session.setIsolation((Integer) arguments[0]);
            case "getTransactionIsolation" -> {
                return session.isolation();
            }
            case "setShardingKey" ->
                session.binding().bind(shardingKey(arguments[0], arguments.length == 2 ? arguments[1] : null));
            case "setShardingKeyIfValid" -> {
                return setShardingKeyIfValid(arguments);
            }
            default -> {
                return settings(name, method, arguments);
            }
        }
        return null;
    }

    private @Nullable Object settings(String name, Method method, Object[] arguments) throws SQLException {
        session.requireOpen();
        switch (name) {
            case "setHoldability" -> {
                if (!Integer.valueOf(ResultSet.HOLD_CURSORS_OVER_COMMIT).equals(arguments[0])) {
                    throw AgentErrors.refused("only HOLD_CURSORS_OVER_COMMIT", name);
                }
            }
            case "getHoldability" -> {
                return ResultSet.HOLD_CURSORS_OVER_COMMIT;
            }
            case "setNetworkTimeout" -> session.setNetworkTimeout((Integer) arguments[1]);
            case "getNetworkTimeout" -> {
                return session.networkTimeout();
            }
            case "setTypeMap" -> {
                if (!Map.of().equals(arguments[0])) {
                    throw AgentErrors.refused("MySQL has no types of an application's own", name);
                }
            }
            case "getTypeMap" -> {
                return Map.of();
            }
            case "getClientInfo" -> {
                return arguments.length == 0 ? new Properties() : null;
            }
            case "clearWarnings", "beginRequest", "endRequest" -> {}
            case "getWarnings" -> {
                return null;
            }
            case "setCatalog", "setSchema" -> {
                Connection physical = session.idleLease().physical();
                Object present = name.equals("setCatalog") ? physical.getCatalog() : physical.getSchema();
                if (!Objects.equals(present, arguments[0])) {
                    throw AgentErrors.refused("a keyspace has one schema on each shard", name);
                }
            }
            case "nativeSQL",
                    "getCatalog",
                    "getSchema",
                    "createBlob",
                    "createClob",
                    "createNClob",
                    "createSQLXML",
                    "createArrayOf",
                    "createStruct" -> { // one shard's answer; what is created lives in memory alone
                return ask(session.idleLease().physical(), method, arguments);
            }
            default -> throw AgentErrors.refused("it is not supported through the agent", name);
        }
        return null;
    }

    /** {@code (key, [super key,] seconds)}: the routes and the tables are known here, so nothing is waited for. */
    private boolean setShardingKeyIfValid(Object[] arguments) throws SQLException {
        if ((Integer) arguments[arguments.length - 1] < 0) {
            throw AgentErrors.shardingKey("the time-out of setShardingKeyIfValid is negative");
        }
        SubKeys key = shardingKey(arguments[0], arguments.length == 3 ? arguments[1] : null);
        if (key != null && !session.binding().fits(key)) {
            return false;
        }
        session.binding().bind(key);
        return true;
    }

    /** Throws for a key of another driver's and for a super sharding key: a keyspace has one level of shards. */
    static @Nullable SubKeys shardingKey(@Nullable Object key, @Nullable Object superKey) throws SQLException {
        if (superKey != null) {
            throw AgentErrors.refused("a keyspace has one level of shards", "superShardingKey");
        }
        if (key == null || key instanceof SubKeys) {
            return (SubKeys) key;
        }
        throw AgentErrors.shardingKey("the sharding key was not built by this data source");
    }

    /** Of {@code (type, concurrency, …)} at {@code from}: an updatable result would change rows past the fence. */
    private static Settings resultSettings(Object[] arguments, int from) throws SQLException {
        if (arguments.length == from) {
            return Settings.NONE;
        }
        if (Integer.valueOf(ResultSet.CONCUR_UPDATABLE).equals(arguments[from + 1])) {
            throw AgentErrors.refused("an updatable result would change rows past the fence", "CONCUR_UPDATABLE");
        }
        return Integer.valueOf(ResultSet.TYPE_FORWARD_ONLY).equals(arguments[from])
                ? Settings.NONE
                : Settings.SCROLLING;
    }

    private static boolean wantsGeneratedKeys(Method method, Object[] arguments) {
        if (arguments.length != 2) {
            return false;
        }
        return method.getParameterTypes()[1] == int.class
                ? (Integer) arguments[1] == Statement.RETURN_GENERATED_KEYS
                : true; // by column names or indexes
    }

    @Override
    String name() {
        return "connection";
    }
}
