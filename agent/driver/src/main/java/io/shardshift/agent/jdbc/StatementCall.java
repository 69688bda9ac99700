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

    /** What may come of it, by the method that the application called. */
    enum Wanted {
        ROWS,
        COUNT,
        ANY
    }

    /** What was set on the statement; 0 are JDBC's defaults and cost nothing. */
    record Settings(int fetchSize, int maxRows, int queryTimeoutSeconds, boolean scrolls) {
        static final Settings NONE = new Settings(0, 0, 0, false);
        static final Settings SCROLLING = new Settings(0, 0, 0, true);

        Settings withFetchSize(int size) {
            return new Settings(size, maxRows, queryTimeoutSeconds, scrolls);
        }

        Settings withMaxRows(int rows) {
            return new Settings(fetchSize, rows, queryTimeoutSeconds, scrolls);
        }

        Settings withQueryTimeout(int seconds) {
            return new Settings(fetchSize, maxRows, seconds, scrolls);
        }

        /** Whether Connector/J leaves rows at the server: then the read lasts until the result is done with. */
        boolean streams(AgentOptions options) {
            return fetchSize == Integer.MIN_VALUE
                    || (fetchSize > 0 && "true".equalsIgnoreCase(options.mysql().get("useCursorFetch")));
        }

        /** Sets them on a statement that has {@code before}. */
        void apply(PreparedStatement statement, Settings before) throws SQLException {
            if (before.fetchSize != fetchSize) {
                statement.setFetchSize(fetchSize);
            }
            if (before.maxRows != maxRows) {
                statement.setMaxRows(maxRows);
            }
            if (before.queryTimeoutSeconds != queryTimeoutSeconds) {
                statement.setQueryTimeout(queryTimeoutSeconds);
            }
        }
    }

    StatementCall withGeneratedKeys() {
        return new StatementCall(sql, parameters, true, settings);
    }

    /** The same values for another text with the same markers. */
    StatementCall withText(String text) {
        return text.equals(sql) ? this : new StatementCall(text, parameters, generatedKeys, settings);
    }

    StatementCall withoutStreaming() {
        return settings.fetchSize() == 0
                ? this
                : new StatementCall(sql, parameters, generatedKeys, settings.withFetchSize(0));
    }

    /** Of a change: {@code execute()} would ask the server first whether the session is read-only, a round trip. */
    static Outcome update(PreparedStatement statement) throws SQLException {
        return new Outcome(statement, statement.executeLargeUpdate());
    }

    /** {@code text}, whose markers are this call's, on the lease's connection with the values and settings set. */
    PreparedStatement prepare(Lease.Statements statements, Lease lease, String text, boolean keys) throws SQLException {
        PreparedStatement statement = statements.prepare(lease, text, keys, settings);
        for (int i = 0; i < parameters.size(); i++) {
            parameters.get(i).setter().set(statement, i + 1);
        }
        return statement;
    }
}
