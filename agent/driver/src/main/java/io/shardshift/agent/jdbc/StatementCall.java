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

    /** Sets the value at an index. */
    @FunctionalInterface
    interface Setter {
        void set(PreparedStatement statement, int index) throws SQLException;
    }

    /** What was set on the statement; 0 and false are JDBC's defaults and cost nothing. */
    record Settings(int fetchSize, int maxRows, int queryTimeoutSeconds) {
        static final Settings NONE = new Settings(0, 0, 0);

        void apply(PreparedStatement statement) throws SQLException {
            if (fetchSize != 0) {
                statement.setFetchSize(fetchSize);
            }
            if (maxRows != 0) {
                statement.setMaxRows(maxRows);
            }
            if (queryTimeoutSeconds != 0) {
                statement.setQueryTimeout(queryTimeoutSeconds);
            }
        }
    }
}
