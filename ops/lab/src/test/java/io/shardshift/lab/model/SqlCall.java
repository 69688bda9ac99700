package io.shardshift.lab.model;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement with its values, to be run as a PreparedStatement or as plain text. */
record SqlCall(String sql, List<@Nullable Object> values) {
    static SqlCall of(String sql, @Nullable Object... values) {
        return new SqlCall(sql, Arrays.asList(values));
    }

    /** What came of a change. */
    record Changed(int count, List<Long> keys) {}

    Changed change(Connection connection, boolean prepared, boolean keys) throws SQLException {
        int wanted = keys ? Statement.RETURN_GENERATED_KEYS : Statement.NO_GENERATED_KEYS;
        if (prepared) {
            try (PreparedStatement statement = connection.prepareStatement(sql, wanted)) {
                bind(statement);
                return new Changed(statement.executeUpdate(), keys ? keys(statement) : List.of());
            }
        }
        try (Statement statement = connection.createStatement()) {
            return new Changed(statement.executeUpdate(text(), wanted), keys ? keys(statement) : List.of());
        }
    }

    private static List<Long> keys(Statement statement) throws SQLException {
        List<Long> keys = new ArrayList<>();
        try (ResultSet result = statement.getGeneratedKeys()) {
            while (result.next()) {
                keys.add(result.getLong(1));
            }
        }
        return keys;
    }

    List<List<String>> query(Connection connection, boolean prepared) throws SQLException {
        if (prepared) {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                bind(statement);
                try (ResultSet result = statement.executeQuery()) {
                    return rows(result);
                }
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(text())) {
            return rows(result);
        }
    }

    private static List<List<String>> rows(ResultSet result) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= columns; i++) {
                Object value = result.getObject(i);
                boolean floating = value instanceof Float || value instanceof Double;
                row.add(floating ? Thing.number(String.valueOf(value)) : String.valueOf(result.getString(i)));
            }
            rows.add(row);
        }
        return rows;
    }

    void bind(PreparedStatement statement) throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            Object value = values.get(i);
            if (value instanceof byte[] bytes) {
                statement.setBytes(i + 1, bytes);
            } else {
                statement.setObject(i + 1, value);
            }
        }
    }

    /** The statement with its values written out. */
    String text() {
        StringBuilder text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < sql.length(); i++) {
            char c = sql.charAt(i);
            if (c == '?') {
                text.append(literal(values.get(next++)));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static String literal(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return "X'" + HexFormat.of().formatHex(bytes) + "'";
        }
        if (value instanceof String text) {
            return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
        }
        return value == null ? "NULL" : value.toString();
    }

    @Override
    public String toString() {
        String text = text();
        return text.length() > 200 ? text.substring(0, 200) + " ..." : text;
    }
}
