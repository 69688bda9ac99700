package io.shardshift.agent.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/**
 * What connections, statements, results and metadata that an application holds have in common: {@code unwrap} finds only
 * the object itself, never the shard's own, which would write past routes and fences; each is equal to itself alone; and
 * nothing but SQLException leaves.
 */
abstract class JdbcProxy implements InvocationHandler {
    private static final Object[] NONE = {};

    static <T> T of(Class<T> type, JdbcProxy handler) {
        return type.cast(Proxy.newProxyInstance(JdbcProxy.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public final @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] maybe) throws Throwable {
        Object[] arguments = maybe == null ? NONE : maybe;
        Class<?> declaring = method.getDeclaringClass();
        try {
            if (declaring == Object.class) {
                return ofObject(proxy, method, arguments);
            }
            if (declaring == Wrapper.class) {
                return ofWrapper(proxy, method, (Class<?>) arguments[0]);
            }
            return call(proxy, method, arguments);
        } catch (RuntimeException e) {
            throw AgentErrors.internal(e);
        }
    }

    /** A method of the interface itself. */
    abstract @Nullable Object call(Object proxy, Method method, Object[] arguments) throws Throwable;

    /** For {@code toString}. */
    abstract String name();

    private Object ofObject(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "Shardshift " + name();
        };
    }

    private static Object ofWrapper(Object proxy, Method method, Class<?> type) throws SQLException {
        boolean wraps = type.isInstance(proxy);
        if (method.getName().equals("isWrapperFor")) {
            return wraps;
        }
        if (!wraps) {
            throw new SQLException("not a wrapper of " + type.getName());
        }
        return proxy;
    }

    /** Passes the call on to the shard's own object. */
    static @Nullable Object ask(Object physical, Method method, Object[] arguments) throws SQLException {
        try {
            return method.invoke(physical, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw new SQLException("Connector/J failed in " + method.getName(), "HY000", e.getCause());
        } catch (IllegalAccessException e) {
            throw new SQLException("Connector/J does not offer " + method.getName(), "HY000", e);
        }
    }
}
