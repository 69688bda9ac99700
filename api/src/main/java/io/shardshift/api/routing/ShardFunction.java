package io.shardshift.api.routing;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * From a shard key to a slot, alike in Java and in SQL. Both start from the canonical form of the <em>stored</em> value:
 * text in UTF-8, integers, decimals and dates in the text that MySQL prints, binary columns as their bytes.
 * {@link Modulo} and {@link RangeTable} are for integer columns only: MySQL would round a decimal and read the digits at
 * the start of a text, with a warning or an error, where Java says {@link #NO_SLOT}. Whoever takes a keyspace into use
 * checks the columns' types.
 * Immutable, thread-safe.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ShardFunction.Crc32.class, name = "crc32"),
    @JsonSubTypes.Type(value = ShardFunction.Modulo.class, name = "modulo"),
    @JsonSubTypes.Type(value = ShardFunction.RangeTable.class, name = "range"),
    @JsonSubTypes.Type(value = ShardFunction.Lookup.class, name = "lookup"),
    @JsonSubTypes.Type(value = ShardFunction.Unsharded.class, name = "unsharded")
})
public sealed interface ShardFunction {
    /** The value has no slot in this function: not an integer, or in no range. */
    int NO_SLOT = -1;

    /**
     * Slot of a shard key, or {@link #NO_SLOT}.
     *
     * @param canonical canonical form of each shard key column, in the keyspace's order; none is NULL
     */
    int slot(List<byte[]> canonical);

    /**
     * SQL expression of the same slot; NULL where {@link #slot} says {@link #NO_SLOT}.
     *
     * @param canonicalSql for each shard key column an SQL expression of its canonical form
     */
    String sql(List<String> canonicalSql);

    /** {@code CRC32(c) % slots}; several columns by {@code CONCAT_WS(',', a, b)}. */
    record Crc32(int slots) implements ShardFunction {
        @Override
        public int slot(List<byte[]> canonical) {
            CRC32 crc = new CRC32();
            for (int i = 0; i < canonical.size(); i++) {
                if (i > 0) {
                    crc.update(',');
                }
                crc.update(canonical.get(i));
            }
            return (int) (crc.getValue() % slots);
        }

        @Override
        public String sql(List<String> canonicalSql) {
            String text = canonicalSql.size() == 1
                    ? canonicalSql.get(0)
                    : "CONCAT_WS(',', " + String.join(", ", canonicalSql) + ")";
            return "(CRC32(" + text + ") % " + slots + ")";
        }
    }

    /** The integer modulo slots, never negative. */
    record Modulo(int slots) implements ShardFunction {
        @Override
        public int slot(List<byte[]> canonical) {
            BigInteger value = integer(canonical);
            return value == null
                    ? NO_SLOT
                    : value.mod(BigInteger.valueOf(slots)).intValue();
        }

        @Override
        public String sql(List<String> canonicalSql) {
            String value = integerSql(canonicalSql);
            return "MOD(MOD(" + value + ", " + slots + ") + " + slots + ", " + slots + ")";
        }
    }

    /** Inclusive ranges of an integer column, each with its slot. */
    record RangeTable(String column, List<Entry> entries) implements ShardFunction {
        /** Values {@code low} to {@code high}, both included, have {@code slot}. */
        public record Entry(BigInteger low, BigInteger high, int slot) {}

        public RangeTable {
            entries = List.copyOf(entries);
        }

        @Override
        public int slot(List<byte[]> canonical) {
            BigInteger value = integer(canonical);
            if (value == null) {
                return NO_SLOT;
            }
            for (Entry entry : entries) {
                if (value.compareTo(entry.low()) >= 0 && value.compareTo(entry.high()) <= 0) {
                    return entry.slot();
                }
            }
            return NO_SLOT;
        }

        @Override
        public String sql(List<String> canonicalSql) {
            if (entries.isEmpty()) {
                return "NULL";
            }
            String value = integerSql(canonicalSql);
            StringBuilder sql = new StringBuilder("(CASE");
            for (Entry entry : entries) {
                sql.append(" WHEN ").append(value).append(" BETWEEN ").append(entry.low());
                sql.append(" AND ").append(entry.high()).append(" THEN ").append(entry.slot());
            }
            return sql.append(" END)").toString();
        }
    }

    /** Listed values have the slot of their entry, all others {@code CRC32(c) % slots}. */
    record Lookup(int slots, SortedMap<String, Integer> keys) implements ShardFunction {
        public Lookup {
            keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
        }

        @Override
        public int slot(List<byte[]> canonical) {
            byte[] joined = join(canonical);
            String text = new String(joined, StandardCharsets.UTF_8);
            Integer slot = keys.get(text);
            // Bytes that are not UTF-8 become U+FFFD in the text: two values would look alike that SQL tells apart.
            if (slot != null && Arrays.equals(text.getBytes(StandardCharsets.UTF_8), joined)) {
                return slot;
            }
            return new Crc32(slots).slot(canonical);
        }

        @Override
        public String sql(List<String> canonicalSql) {
            String text = canonicalSql.size() == 1
                    ? canonicalSql.get(0)
                    : "CONCAT_WS(',', " + String.join(", ", canonicalSql) + ")";
            if (keys.isEmpty()) {
                return new Crc32(slots).sql(canonicalSql);
            }
            StringBuilder sql = new StringBuilder("(CASE CAST(").append(text).append(" AS BINARY)");
            for (Map.Entry<String, Integer> entry : keys.entrySet()) {
                String hex = HexFormat.of().formatHex(entry.getKey().getBytes(StandardCharsets.UTF_8));
                sql.append(" WHEN x'").append(hex).append("' THEN ").append(entry.getValue());
            }
            return sql.append(" ELSE ")
                    .append(new Crc32(slots).sql(canonicalSql))
                    .append(" END)")
                    .toString();
        }
    }

    /** An unsharded database that moves whole: every row has slot 0. */
    record Unsharded() implements ShardFunction {
        @Override
        public int slot(List<byte[]> canonical) {
            return 0;
        }

        @Override
        public String sql(List<String> canonicalSql) {
            return "0";
        }
    }

    private static @Nullable BigInteger integer(List<byte[]> canonical) {
        try {
            return new BigInteger(new String(canonical.get(0), StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String integerSql(List<String> canonicalSql) {
        return "CAST(" + canonicalSql.get(0) + " AS DECIMAL(20, 0))";
    }

    private static byte[] join(List<byte[]> canonical) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < canonical.size(); i++) {
            if (i > 0) {
                joined.write(',');
            }
            joined.writeBytes(canonical.get(i));
        }
        return joined.toByteArray();
    }
}
