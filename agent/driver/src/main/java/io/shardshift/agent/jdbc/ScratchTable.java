package io.shardshift.agent.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A temporary table in which the server is shown values before it is to store them; gone when this is closed. With its
 * session, if that is lost first. Not thread-safe.
 */
final class ScratchTable implements AutoCloseable {
    private static final int ER_DBACCESS_DENIED = 1044;

    private final Connection connection;
    private final String quotedName;

    private ScratchTable(Connection connection, String quotedName) {
        this.connection = connection;
        this.quotedName = quotedName;
    }

    /** @param definition what follows the name in CREATE TEMPORARY TABLE */
    static ScratchTable create(RowStatements statements, String quotedName, String definition) throws SQLException {
        try {
            execute(statements.connection(), "CREATE TEMPORARY TABLE " + quotedName + " " + definition);
        } catch (SQLException e) {
            throw e.getErrorCode() == ER_DBACCESS_DENIED
                    ? AgentErrors.temporaryTablesDenied(e, statements.call().sql())
                    : e;
        }
        return new ScratchTable(statements.connection(), quotedName);
    }

    @Override
    public void close() throws SQLException {
        if (!connection.isClosed()) {
            execute(connection, "DROP TEMPORARY TABLE IF EXISTS " + quotedName);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
