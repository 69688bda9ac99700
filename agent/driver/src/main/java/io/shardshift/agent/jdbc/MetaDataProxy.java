package io.shardshift.agent.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * {@code DatabaseMetaData} of an application's connection: the answers of the shard that its session used last. What it
 * hands out leads back to the application's connection, and ends with it.
 */
final class MetaDataProxy extends JdbcProxy {
    private final Connection connection;
    private final ApplicationSession session;

    private MetaDataProxy(Connection connection, ApplicationSession session) {
        this.connection = connection;
        this.session = session;
    }

    static DatabaseMetaData of(Connection connection, ApplicationSession session) {
        return of(DatabaseMetaData.class, new MetaDataProxy(connection, session));
    }

    @Override
    @Nullable
    Object call(Object proxy, Method method, Object[] arguments) throws SQLException {
        switch (method.getName()) {
            case "getConnection" -> {
                return connection;
            }
            case "getURL" -> {
                return session.agent().options().url();
            }
            case "supportsSharding" -> {
                return true;
            }
            case "supportsStoredProcedures",
                    "supportsStoredFunctionsUsingCallSyntax",
                    "supportsNamedParameters",
                    "supportsMultipleResultSets",
                    "supportsMultipleOpenResults" -> {
                return false;
            }
            case "supportsResultSetConcurrency" -> {
                return Integer.valueOf(ResultSet.CONCUR_READ_ONLY).equals(arguments[1]);
            }
            default -> {
                synchronized (session) {
                    session.requireOpen();
                    Object answer = ask(session.idleLease().physical().getMetaData(), method, arguments);
                    return answer instanceof ResultSet rows ? result(rows) : answer;
                }
            }
        }
    }

    private ResultSet result(ResultSet rows) throws SQLException {
        return new ResultProxy(rows, connection.createStatement(), session, closed -> {}).proxy();
    }

    @Override
    String name() {
        return "metadata";
    }
}
