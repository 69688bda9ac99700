package io.shardshift.controller.check;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One shard as checks see it. Each query is a transaction of its own, so that no metadata lock is kept; its errors name the
 * shard. Settings and definitions are read once. One thread.
 */
final class ShardView {
    /** MySQL's error of a SELECT that was cut off by MAX_EXECUTION_TIME. */
    private static final int CUT_OFF = 3024;

    /** For the answer of a query that the server has ended by itself. */
    private static final int ROOM_MILLIS = 1_000;

    private final ShardName name;
    private final Connection connection;
    private final boolean source;
    private final boolean target;
    private final List<String> tables;
    private final Deadline deadline;
    private final Duration queryTime;
    private final Map<String, Optional<TableSchema>> schemas = new HashMap<>();
    private final Map<String, String> unreadable = new HashMap<>();
    private @Nullable Map<String, String> variables;
    private @Nullable List<ColumnInfo> columns;

    /**
     * @param deadline nothing is asked after it
     * @param queryTime each query ends within it
     */
    ShardView(
            ShardName name,
            Connection connection,
            boolean source,
            boolean target,
            List<String> tables,
            Deadline deadline,
            Duration queryTime) {
        this.name = name;
        this.connection = connection;
        this.source = source;
        this.target = target;
        this.tables = tables;
        this.deadline = deadline;
        this.queryTime = queryTime;
    }

    ShardName name() {
        return name;
    }

    boolean isSource() {
        return source;
    }

    boolean isTarget() {
        return target;
    }

    /** A global setting as SHOW prints it, in upper case; empty when the server does not know it. */
    String setting(String variable) throws SQLException {
        Map<String, String> known = variables;
        if (known == null) {
            known = new HashMap<>();
            for (SqlRow row : query("SHOW GLOBAL VARIABLES")) {
                known.put(row.text(1), row.text(2).toUpperCase(Locale.ROOT));
            }
            variables = known;
        }
        return known.getOrDefault(variable, "");
    }

    long settingNumber(String variable) throws SQLException {
        String text = setting(variable);
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    /** Columns of the keyspace's tables here, in order of table and place. */
    List<ColumnInfo> columns() throws SQLException {
        List<ColumnInfo> known = columns;
        if (known == null) {
            known = ColumnInfo.read(this);
            columns = known;
        }
        return known;
    }

    /** Name of the schema, empty when the shard's url has none. */
    String schemaName() throws SQLException {
        return query("SELECT DATABASE()").get(0).text(1);
    }

    /** Whether a table of that name is here, of the keyspace or not. */
    boolean hasTable(String table) throws SQLException {
        return !query(
                        "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?",
                        table)
                .isEmpty();
    }

    /** The table here; empty when it is absent or cannot be read: see {@link #unreadable}. */
    Optional<TableSchema> schema(String table) throws SQLException {
        Optional<TableSchema> known = schemas.get(table);
        if (known == null) {
            try {
                known = call(all -> SchemaReader.read(all, table));
            } catch (IllegalArgumentException e) { // a character set that has no Java name
                unreadable.put(table, String.valueOf(e.getMessage()));
                known = Optional.empty();
            }
            schemas.put(table, known);
        }
        return known;
    }

    /** Why a table that is there cannot be read, by name; complete once every table was asked for. */
    Map<String, String> unreadable() {
        return unreadable;
    }

    /** SQL of another room on this shard's connection. */
    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /** Runs {@code work} as a transaction of its own; the socket's time-out bounds each of its statements. */
    <T> T call(Work<T> work) throws SQLException {
        requireTime();
        boolean done = false;
        try {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(queryTime.toMillis()) + ROOM_MILLIS);
            T result = work.run(connection);
            connection.commit();
            done = true;
            return result;
        } catch (SQLException e) {
            throw named(e);
        } finally {
            if (!done && !connection.isClosed()) {
                connection.rollback();
            }
        }
    }

    List<SqlRow> query(String sql, Object... values) throws SQLException {
        return call(all -> {
            try (PreparedStatement statement = all.prepareStatement(limited(sql))) {
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                ResultSet result = statement.executeQuery();
                List<SqlRow> rows = new ArrayList<>();
                while (result.next()) {
                    rows.add(new SqlRow(result));
                }
                return rows;
            }
        });
    }

    private void requireTime() throws SQLException {
        if (deadline.hasPassed()) {
            throw new SQLException(name + ": not asked, the time for all checks is up");
        }
    }

    /** The server ends a SELECT that takes too long, so that the connection stays good for the next. */
    private String limited(String sql) {
        boolean bare = sql.startsWith("SELECT ") && !sql.startsWith("SELECT /*+");
        return bare ? limited(sql, Math.min(queryTime.toMillis(), deadline.leftMillisAtLeastOne())) : sql;
    }

    private static String limited(String select, long millis) {
        return "SELECT /*+ MAX_EXECUTION_TIME(" + millis + ") */ " + select.substring("SELECT ".length());
    }

    /** A query about the keyspace's tables: {@code {tables}} in it is their list, as often as it stands there. */
    List<SqlRow> queryTables(String sql) throws SQLException {
        if (tables.isEmpty()) {
            return List.of();
        }
        List<Object> values = new ArrayList<>();
        for (int at = sql.indexOf("{tables}"); at >= 0; at = sql.indexOf("{tables}", at + 1)) {
            values.addAll(tables);
        }
        String marks = "(" + String.join(", ", Collections.nCopies(tables.size(), "?")) + ")";
        return query(sql.replace("{tables}", marks), values.toArray());
    }

    /** One number of a bounded SELECT, empty when it was cut off: unknown, never 0. */
    Optional<Long> bounded(String select) throws SQLException {
        try {
            return Optional.of(query(
                            limited(select, Math.min(CheckContext.COUNT.toMillis(), deadline.leftMillisAtLeastOne())))
                    .get(0)
                    .number(1));
        } catch (SQLException e) {
            if (e.getErrorCode() == CUT_OFF) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private SQLException named(SQLException e) {
        return new SQLException(name + ": " + e.getMessage(), e.getSQLState(), e.getErrorCode(), e);
    }

    @Override
    public String toString() {
        return name.value();
    }
}
