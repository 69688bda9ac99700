package io.shardshift.controller.check;

import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

    private final ShardName name;
    private final Connection connection;
    private final boolean source;
    private final boolean target;
    private final List<String> tables;
    private final Map<String, Optional<TableSchema>> schemas = new HashMap<>();
    private final Map<String, String> unreadable = new HashMap<>();
    private @Nullable Map<String, String> variables;

    ShardView(ShardName name, Connection connection, boolean source, boolean target, List<String> tables) {
        this.name = name;
        this.connection = connection;
        this.source = source;
        this.target = target;
        this.tables = tables;
    }

    ShardName name() {
        return name;
    }

    Connection connection() {
        return connection;
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

    /** The table here; empty when it is absent or cannot be read: see {@link #unreadable}. */
    Optional<TableSchema> schema(String table) throws SQLException {
        Optional<TableSchema> known = schemas.get(table);
        if (known == null) {
            try {
                known = SchemaReader.read(connection, table);
            } catch (IllegalArgumentException e) { // a character set that has no Java name
                unreadable.put(table, String.valueOf(e.getMessage()));
                known = Optional.empty();
            } catch (SQLException e) {
                throw named(e);
            } finally {
                connection.commit();
            }
            schemas.put(table, known);
        }
        return known;
    }

    /** Why a table that is there cannot be read, by name; complete once every table was asked for. */
    Map<String, String> unreadable() {
        return unreadable;
    }

    List<SqlRow> query(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            ResultSet result = statement.executeQuery();
            List<SqlRow> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(new SqlRow(result));
            }
            return rows;
        } catch (SQLException e) {
            throw named(e);
        } finally {
            connection.commit();
        }
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
        String bounded = select.replaceFirst(
                "^SELECT ", "SELECT /*+ MAX_EXECUTION_TIME(" + CheckContext.COUNT.toMillis() + ") */ ");
        try {
            return Optional.of(query(bounded).get(0).number(1));
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
