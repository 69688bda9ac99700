package io.shardshift.shard;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values of a primary key in neutral form, in the order of the key's columns. Equality is by bytes: the owner's collation may see more keys as one. */
public final class PrimaryKey {
    private final byte[][] values;

    public PrimaryKey(byte[]... values) {
        this.values = values;
    }

    public byte[] value(int column) {
        return values[column];
    }

    public int columns() {
        return values.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PrimaryKey key && Arrays.deepEquals(values, key.values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }

    /** For reports: text as it is, other bytes escaped. */
    @Override
    public String toString() {
        return Arrays.stream(values)
                .map(value -> new String(value, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?"))
                .collect(Collectors.joining(",", "(", ")"));
    }
}
