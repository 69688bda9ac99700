package io.shardshift.controller.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.shardshift.controller.stream.ChangeEvent.Image;
import io.shardshift.shard.Column;
import io.shardshift.shard.Row;
import io.shardshift.shard.TableSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * From Debezium's values to the neutral form of a row [27]. Where Debezium gives the same value for two that MySQL tells
 * apart, or another text for the same, the column is marked as not comparable. Stateless.
 */
final class NeutralValues {
    private static final String SOURCE_TYPE = "__debezium.source.column.type";
    private static final String SOURCE_LENGTH = "__debezium.source.column.length";

    /** Of ENUM and SET, whose texts Debezium has from their definition: those that encode as MySQL does. */
    private static final Set<String> ONE_ENCODING = Set.of(
            "utf8mb4", "utf8mb3", "utf8", "ascii", "latin1", "latin2", "latin5", "greek", "hebrew", "cp1250", "cp1251",
            "cp1256", "cp1257", "koi8r", "ucs2", "utf16", "utf16le", "utf32");

    private NeutralValues() {}

    /** Throws IllegalArgumentException where the image lacks a column of {@code schema}: the table was changed. */
    static Image image(TableSchema schema, Struct values) {
        byte[][] neutral = new byte[schema.columns().size()][];
        BitSet notComparable = new BitSet();
        for (int i = 0; i < neutral.length; i++) {
            Column column = schema.columns().get(i);
            Field field = field(schema, values, column);
            Object value = values.getWithoutDefault(field.name());
            byte[] converted = value == null ? null : convert(column, field, value);
            neutral[i] = converted;
            if (!isCertain(column, field, value, converted)) {
                notComparable.set(i);
            }
        }
        return new Image(new Row(neutral), notComparable);
    }

    private static Field field(TableSchema schema, Struct values, Column column) {
        Field field = values.schema().field(column.name());
        if (field != null) {
            return field;
        }
        for (Field other : values.schema().fields()) {
            if (other.name().equalsIgnoreCase(column.name())) {
                return other;
            }
        }
        throw new IllegalArgumentException("an event of table " + schema.name() + " has no column " + column.name());
    }

    private static String sourceType(Field field) {
        Map<String, String> parameters = field.schema().parameters();
        String type = parameters == null ? null : parameters.get(SOURCE_TYPE);
        return type == null ? "" : type.toUpperCase(Locale.ROOT);
    }

    /** Length of the column's type, -1 when the type has none. */
    private static int sourceLength(Field field) {
        Map<String, String> parameters = field.schema().parameters();
        String length = parameters == null ? null : parameters.get(SOURCE_LENGTH);
        return length == null ? -1 : Integer.parseInt(length);
    }

    private static boolean isCertain(Column column, Field field, @Nullable Object value, byte @Nullable [] neutral) {
        return switch (column.form()) {
            case FLOAT, JSON, SPATIAL -> false;
            case BINARY, BIT -> true;
            case NUMBER ->
                !sourceType(field).contains("ZEROFILL") || sourceType(field).startsWith("INT");
            // MySQL and Java print other digits and exponents; whole numbers of moderate size look alike.
            case DOUBLE -> value == null || isPlainWhole((Number) value);
            case TEMPORAL, TIMESTAMP -> sourceType(field).startsWith("TIME(") || isTime(field) || !mayBeZeroDate(value);
            case TEXT -> !(value instanceof String member) || isCertainMember(column, field, member, neutral);
        };
    }

    private static boolean isTime(Field field) {
        return sourceType(field).equals("TIME");
    }

    /** Debezium gives NULL for a date with a zero part, and the epoch where the column is NOT NULL. */
    private static boolean mayBeZeroDate(@Nullable Object value) {
        if (value == null) {
            return true;
        }
        if (value instanceof String text) {
            return text.startsWith("1970-01-01T00:00:00Z");
        }
        return ((Number) value).longValue() == 0;
    }

    private static boolean isPlainWhole(Number value) {
        double number = value.doubleValue();
        return number == Math.rint(number) && Math.abs(number) < 1e15 && !(number == 0 && 1 / number < 0);
    }

    private static boolean isCertainMember(Column column, Field field, String text, byte @Nullable [] neutral) {
        if (text.indexOf('\uFFFD') >= 0) {
            return false; // bytes that are no text in that character set
        }
        if (text.isEmpty() && sourceType(field).startsWith("ENUM")) {
            return false; // an empty member, or none
        }
        return ONE_ENCODING.contains(column.charset())
                ? neutral != null && text.equals(new String(neutral, column.javaCharset()))
                : text.chars().allMatch(character -> character < 0x80);
    }

    private static byte[] convert(Column column, Field field, Object value) {
        return switch (column.form()) {
            case NUMBER -> ascii(number(field, value));
            case FLOAT -> ascii(Double.toString(((Number) value).doubleValue()));
            case DOUBLE -> ascii(doubleText((Number) value));
            case TEMPORAL -> ascii(temporal(field, value));
            case TIMESTAMP ->
                ascii(MysqlTemporal.dateTime(Instant.parse((String) value), Math.max(0, sourceLength(field))));
            case TEXT ->
                value instanceof String member ? member.getBytes(column.javaCharset()) : bytes(value); // StoredTexts
            case BINARY -> binary(field, value);
            case BIT -> ascii(bits(value));
            case JSON -> ((String) value).getBytes(UTF_8);
            case SPATIAL -> spatial((Struct) value);
        };
    }

    private static String number(Field field, Object value) {
        String type = sourceType(field);
        String text = value instanceof BigDecimal decimal ? decimal.toPlainString() : value.toString();
        if (value instanceof Boolean flag) {
            text = flag ? "1" : "0";
        }
        if (type.startsWith("YEAR")) {
            return text.equals("1900") ? "0000" : text; // a YEAR begins at 1901, but for 0000, which comes as 1900
        }
        int length = sourceLength(field);
        return type.contains("ZEROFILL") && length > text.length() ? "0".repeat(length - text.length()) + text : text;
    }

    private static String doubleText(Number value) {
        return isPlainWhole(value) ? Long.toString(value.longValue()) : value.toString();
    }

    private static String temporal(Field field, Object value) {
        String type = sourceType(field);
        int digits = Math.max(0, sourceLength(field));
        long number = ((Number) value).longValue();
        if (type.startsWith("DATETIME")) {
            boolean millis = "io.debezium.time.Timestamp".equals(field.schema().name());
            return MysqlTemporal.dateTime(MysqlTemporal.ofMicros(millis ? number * 1_000 : number), digits);
        }
        return type.startsWith("TIME") ? MysqlTemporal.time(number, digits) : MysqlTemporal.date(number);
    }

    private static byte[] binary(Field field, Object value) {
        byte[] bytes = bytes(value);
        int length = sourceLength(field);
        // the binlog leaves trailing zero bytes of BINARY(n) out
        return sourceType(field).equals("BINARY") && bytes.length < length ? Arrays.copyOf(bytes, length) : bytes;
    }

    private static byte[] bytes(Object value) {
        if (!(value instanceof ByteBuffer buffer)) {
            return (byte[]) value;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    /** BIT(1) comes as a boolean, wider ones as bytes, the low byte first. */
    private static String bits(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? "1" : "0";
        }
        byte[] low = bytes(value);
        byte[] high = new byte[low.length];
        for (int i = 0; i < low.length; i++) {
            high[i] = low[low.length - 1 - i];
        }
        return new BigInteger(1, high).toString();
    }

    /** The server's inner form: SRID, low byte first, then well-known binary. */
    private static byte[] spatial(Struct value) {
        byte[] shape = bytes(value.get("wkb"));
        Integer srid = value.schema().field("srid") == null ? null : value.getInt32("srid");
        return ByteBuffer.allocate(Integer.BYTES + shape.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(srid == null ? 0 : srid)
                .put(shape)
                .array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
