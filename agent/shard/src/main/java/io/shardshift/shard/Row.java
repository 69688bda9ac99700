package io.shardshift.shard;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row in neutral form: one value per {@link TableSchema#columns()} in that order, null for SQL NULL. Equal rows are equal
 * byte by byte, never by collation [7]. Immutable by agreement: nobody changes the arrays.
 */
public final class Row {
    private final @Nullable byte[][] values;

    public Row(@Nullable byte[][] values) {
        this.values = values;
    }

    public byte @Nullable [] value(int column) {
        return values[column];
    }

    public int columns() {
        return values.length;
    }

    /** Bytes that this row holds, for bounds of queues. */
    public int sizeBytes() {
        int size = 16 * values.length;
        for (byte[] value : values) {
            size += value == null ? 0 : value.length;
        }
        return size;
    }

    PrimaryKey key(List<Integer> columns) {
        byte[][] key = new byte[columns.size()][];
        for (int i = 0; i < key.length; i++) {
            byte[] value = values[columns.get(i)];
            if (value == null) {
                throw new IllegalStateException("a primary key column is NULL");
            }
            key[i] = value;
        }
        return new PrimaryKey(key);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Row row && Arrays.deepEquals(values, row.values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }
}
