package io.shardshift.agent.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls what can be called on JDBC objects, and on those that come of it, and keeps what is a shard's own. */
final class JdbcWalk {
    private static final int DEEPEST = 4;

    /** They end what is walked on, or block. */
    private static final Set<String> NOT_CALLED =
            Set.of("close", "abort", "commit", "rollback", "unwrap", "isWrapperFor", "free", "closeOnCompletion");

    private final Connection connection;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<String> leaks = new ArrayList<>();
    private int calls;

    JdbcWalk(Connection connection) {
        this.connection = connection;
    }

    List<String> leaks() {
        return leaks;
    }

    int calls() {
        return calls;
    }

    void from(Object start) throws IllegalAccessException {
        from(start, start.getClass().getInterfaces()[0].getSimpleName(), 0);
    }

    private void from(Object object, String path, int depth) throws IllegalAccessException {
        if (depth > DEEPEST || !seen.add(object)) {
            return;
        }
        for (Class<?> type : object.getClass().getInterfaces()) {
            if (!type.getName().startsWith("java.sql.")) {
                continue;
            }
            for (Method method : type.getMethods()) {
                boolean reads = method.getReturnType() != void.class
                        && !method.getName().startsWith("execute");
                if (reads && !NOT_CALLED.contains(method.getName())) {
                    Object answer = call(object, method);
                    if (answer != null) {
                        look(answer, path + "." + method.getName(), depth);
                    }
                }
            }
        }
    }

    private @Nullable Object call(Object object, Method method) throws IllegalAccessException {
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            arguments[i] = argument(types[i]);
        }
        try {
            calls++;
            return method.invoke(object, arguments);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof SQLException)) {
                leaks.add(method + " throws " + e.getCause());
            }
            return null;
        }
    }

    private static @Nullable Object argument(Class<?> type) {
        if (type == int.class) {
            return 1;
        }
        if (type == long.class) {
            return 1L;
        }
        if (type == boolean.class) {
            return false;
        }
        return type == String.class ? "kv" : null;
    }

    private void look(Object answer, String path, int depth) throws IllegalAccessException {
        boolean ours = Proxy.isProxyClass(answer.getClass());
        boolean strong = answer instanceof Connection || answer instanceof Statement || answer instanceof ResultSet;
        if (strong && !ours) {
            leaks.add(path + " is " + answer.getClass().getName());
        } else if (answer instanceof Connection && answer != connection) {
            leaks.add(path + " is another connection");
        } else if (ours) {
            from(answer, path, depth + 1);
        } else {
            inMemory(answer, path);
        }
    }

    /** What is not ours must hold no way back in its public methods either: LOBs, descriptions of columns, savepoints. */
    private void inMemory(Object answer, String path) {
        for (Method method : answer.getClass().getMethods()) {
            Class<?> type = method.getReturnType();
            boolean strong = Connection.class.isAssignableFrom(type)
                    || Statement.class.isAssignableFrom(type)
                    || ResultSet.class.isAssignableFrom(type);
            boolean ofArray = answer instanceof java.sql.Array;
            if (strong && !ofArray) {
                leaks.add(path + "." + method.getName() + " would be a " + type.getName());
            }
        }
    }
}
