package io.shardshift.controller.check;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A row of a metadata query, as text. */
final class SqlRow {
    private final @Nullable String[] values;

    SqlRow(ResultSet result) throws SQLException {
        values = new @Nullable String[result.getMetaData().getColumnCount()];
        for (int i = 0; i < values.length; i++) {
            values[i] = result.getString(i + 1);
        }
    }

    /** Text of a column, counted from 1; empty for NULL. */
    String text(int column) {
        String value = values[column - 1];
        return value == null ? "" : value;
    }

    boolean isNull(int column) {
        return values[column - 1] == null;
    }

    /** Integer of a column, counted from 1; 0 for NULL. */
    long number(int column) {
        return isNull(column) ? 0 : Long.parseLong(text(column));
    }

    /** All values, each told from its neighbours and from NULL. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (String value : values) {
            text.append(value == null ? "-" : value.length() + ":" + value).append(';');
        }
        return text.toString();
    }
}
