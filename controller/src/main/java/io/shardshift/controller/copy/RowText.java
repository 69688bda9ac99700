package io.shardshift.controller.copy;

import io.shardshift.shard.Column;
import io.shardshift.shard.Row;
import io.shardshift.shard.ShardedTable;
import java.util.HexFormat;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Values and rows as a person reads them: bounded, binary ones in hex. */
public final class RowText {
    private static final int MAX_VALUE = 128;
    private static final int MAX_ROW = 1_024;

    private RowText() {}

    /** At most {@value #MAX_VALUE} characters, then an ellipsis and the length in bytes. */
    public static String value(Column column, byte @Nullable [] value) {
        if (value == null) {
            return "NULL";
        }
        String text = switch (column.form()) {
            case NUMBER, FLOAT, DOUBLE, TEMPORAL, TIMESTAMP, BIT, JSON, TEXT ->
                new String(value, column.javaCharset()).replaceAll("\\p{Cntrl}", "?");
            case BINARY, SPATIAL -> "0x" + HexFormat.of().formatHex(value, 0, Math.min(value.length, MAX_VALUE));
        };
        return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE) + "… (" + value.length + " bytes)";
    }

    /** {@code column=value} of all columns, at most {@value #MAX_ROW} characters. */
    public static String row(ShardedTable table, Row row) {
        StringJoiner text = new StringJoiner(", ");
        for (int i = 0; i < row.columns() && text.length() <= MAX_ROW; i++) {
            Column column = table.schema().columns().get(i);
            text.add(column.name() + "=" + value(column, row.value(i)));
        }
        String all = text.toString();
        return all.length() <= MAX_ROW ? all : all.substring(0, MAX_ROW) + "…";
    }
}
