package io.shardshift.agent.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * {@code java.sql.Connection} over an {@link ApplicationSession}. A proxy, because most of the interface's methods are one
 * shard's answer whichever the shard is; what routes or holds state is listed by name, what could not be routed is refused.
 */
final class ConnectionProxy implements InvocationHandler {
    private final ApplicationSession session;
    private int savepoints;

    private ConnectionProxy(ApplicationSession session) {
        this.session = session;
    }

    static Connection of(ApplicationSession session) {
        return (Connection) Proxy.newProxyInstance(
                ConnectionProxy.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                new ConnectionProxy(session));
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

    /** An application catches SQLException: nothing else leaves here. */
    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] maybe) throws Throwable {
        try {
            return call(proxy, method, maybe == null ? new Object[0] : maybe);
        } catch (RuntimeException e) {
            throw AgentErrors.internal(e);
        }
    }

    private @Nullable Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
        switch (method.getName()) {
            case "createStatement" -> {
                session.requireOpen();
                requireReadOnlyResults(arguments);
                return StatementProxy.of((Connection) proxy, session, null, false);
            }
            case "prepareStatement" -> {
                session.requireOpen();
                requireReadOnlyResults(arguments);
                return StatementProxy.of(
                        (Connection) proxy, session, (String) arguments[0], wantsGeneratedKeys(method, arguments));
            }
            case "close" -> session.close();
            case "abort" -> session.close();
            case "isClosed" -> {
                return session.isClosed();
            }
            case "isValid" -> {
                return !session.isClosed();
            }
            case "commit" -> session.commit();
            case "rollback" -> {
                if (arguments.length == 1) {
                    session.rollbackTo(((Savepoint) arguments[0]).getSavepointName());
                } else {
                    session.rollback();
                }
            }
            case "setSavepoint" -> {
                String name = arguments.length == 1 ? (String) arguments[0] : "shardshift_" + (savepoints + 1);
                session.savepoint(name);
                return new NamedSavepoint(name, ++savepoints);
            }
            case "releaseSavepoint" -> session.release(((Savepoint) arguments[0]).getSavepointName());
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
            case "setHoldability" -> {
                if ((Integer) arguments[0] != ResultSet.HOLD_CURSORS_OVER_COMMIT) {
                    throw AgentErrors.refused("only HOLD_CURSORS_OVER_COMMIT", "setHoldability");
                }
            }
            case "clearWarnings" -> session.requireOpen();
            case "setClientInfo" -> {} // may throw SQLClientInfoException alone, and nothing is kept
            case "getWarnings" -> {
                return null;
            }
            case "setShardingKey" ->
                session.binding().bind(shardingKey(arguments[0], arguments.length == 2 ? arguments[1] : null));
            case "setShardingKeyIfValid" -> {
                return setShardingKeyIfValid(arguments);
            }
            case "setCatalog", "setSchema" ->
                throw AgentErrors.refused("a keyspace has one schema on each shard", method.getName());
            case "prepareCall" -> throw AgentErrors.refused("stored procedures may write unseen", "CALL");
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
            case "toString" -> {
                return "Shardshift connection";
            }
            case "hashCode" -> {
                return System.identityHashCode(proxy);
            }
            case "equals" -> {
                return proxy == arguments[0];
            }
            default -> {
                return onAnyShard(proxy, method, arguments);
            }
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

    /** An updatable result would change rows past the fence. */
    private static void requireReadOnlyResults(Object[] arguments) throws SQLException {
        for (int i = 1; i < arguments.length; i++) {
            if (Integer.valueOf(ResultSet.CONCUR_UPDATABLE).equals(arguments[i])) {
                throw AgentErrors.refused("updatable results", "CONCUR_UPDATABLE");
            }
        }
    }

    private static boolean wantsGeneratedKeys(Method method, Object[] arguments) {
        if (arguments.length != 2) {
            return false;
        }
        return method.getParameterTypes()[1] == int.class
                ? (Integer) arguments[1] == Statement.RETURN_GENERATED_KEYS
                : true; // by column names or indexes
    }

    /** Metadata, factories of LOBs and arrays, and the like: one shard's answer. */
    private @Nullable Object onAnyShard(Object proxy, Method method, Object[] arguments) throws Throwable {
        session.requireOpen();
        if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        try {
            Object answer = method.invoke(session.anyLease().physical(), arguments);
            return answer instanceof DatabaseMetaData metadata ? metadata((Connection) proxy, metadata) : answer;
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException failure ? AgentErrors.internal(failure) : e.getCause();
        }
    }

    /** A shard's metadata, whose connection is the application's: a shard's own would go past the fences. */
    private static DatabaseMetaData metadata(Connection connection, DatabaseMetaData metadata) {
        return (DatabaseMetaData) Proxy.newProxyInstance(
                ConnectionProxy.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        return connection;
                    }
                    if (method.getName().equals("supportsSharding")) {
                        return true;
                    }
                    try {
                        return method.invoke(metadata, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
