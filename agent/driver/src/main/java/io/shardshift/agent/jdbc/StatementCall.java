package io.shardshift.agent.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One execution that an application asked for.
 *
 * @param parameters in order; the first is at index 0
 * @param generatedKeys whether getGeneratedKeys will be asked
 */
record StatementCall(String sql, List<Parameter> parameters, boolean generatedKeys, Settings settings) {
    /** A bound value: what it is, for routing, and how it is set again on another statement. */
    record Parameter(@Nullable Object value, Setter setter) {}

    /** Sets the value at an index; can be repeated. */
    @FunctionalInterface
    interface Setter {
        void set(PreparedStatement statement, int index) throws SQLException;
    }

    /** What was set on the statement; 0 are JDBC's defaults and cost nothing. */
    record Settings(int fetchSize, int maxRows, int queryTimeoutSeconds) {
        static final Settings NONE = new Settings(0, 0, 0);

        /** Whether Connector/J leaves rows at the server: then the read lasts until the result is done with. */
        boolean streams(AgentOptions options) {
            return fetchSize == Integer.MIN_VALUE
                    || (fetchSize > 0 && "true".equalsIgnoreCase(options.mysql().get("useCursorFetch")));
        }

        /** A physical statement is kept and used again: what was set for an earlier execution is set back. */
        void apply(PreparedStatement statement) throws SQLException {
            if (statement.getFetchSize() != fetchSize) {
                statement.setFetchSize(fetchSize);
            }
            if (statement.getMaxRows() != maxRows) {
                statement.setMaxRows(maxRows);
            }
            if (statement.getQueryTimeout() != queryTimeoutSeconds) {
                statement.setQueryTimeout(queryTimeoutSeconds);
            }
        }
    }

    StatementCall withGeneratedKeys() {
        return new StatementCall(sql, parameters, true, settings);
    }

    StatementCall withoutStreaming() {
        return new StatementCall(
                sql, parameters, generatedKeys, new Settings(0, settings.maxRows(), settings.queryTimeoutSeconds()));
    }

    /** Of a change: {@code execute()} would ask the server first whether the session is read-only, a round trip. */
    static Outcome update(PreparedStatement statement) throws SQLException {
        return new Outcome(statement, statement.executeLargeUpdate());
    }

    /** {@code text}, whose markers are this call's, on the lease's connection with the values and settings set. */
    PreparedStatement prepare(Lease.Statements statements, Lease lease, String text, boolean keys) throws SQLException {
        PreparedStatement statement = statements.prepare(lease, text, keys);
        for (int i = 0; i < parameters.size(); i++) {
            parameters.get(i).setter().set(statement, i + 1);
        }
        settings.apply(statement);
        return statement;
    }
}
