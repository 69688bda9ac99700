package io.shardshift.agent.jdbc;

import io.shardshift.agent.sql.KeyCondition;
import io.shardshift.agent.sql.ValueSource;
import io.shardshift.shard.Column;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.StoredForm;
import io.shardshift.shard.ValueForm;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** From a statement's values to neutral form, by the column they are compared with; empty where that is not certain. */
final class BoundValues {
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private BoundValues() {}

    /**
     * The value of one column as a row holds it that equals the value; empty for NULL, expressions, values of another kind
     * than the column's, and where that is not certain.
     */
    static Optional<byte[]> neutral(ValueSource source, List<StatementCall.Parameter> parameters, Column column) {
        return stored(source, parameters, column).flatMap(StoredForm.Stored::neutral);
    }

    /** What MySQL would store of the value; empty for NULL, expressions, and values of another kind than the column's. */
    static Optional<StoredForm.Stored> stored(
            ValueSource source, List<StatementCall.Parameter> parameters, Column column) {
        if (source instanceof ValueSource.Parameter parameter) {
            Object value = parameters.get(parameter.index() - 1).value();
            return value == null ? Optional.empty() : stored(value, column);
        }
        if (source instanceof ValueSource.Text text) {
            return stored(text.value(), column);
        }
        if (source instanceof ValueSource.Numeric number) {
            return column.form() == ValueForm.NUMBER ? stored(number.value(), column) : Optional.empty();
        }
        if (source instanceof ValueSource.Bytes bytes && column.form() == ValueForm.BINARY) {
            return Optional.of(column.stored().bytes(bytes.value()));
        }
        return Optional.empty();
    }

    /** The same of a Java value. */
    static Optional<StoredForm.Stored> stored(Object value, Column column) {
        return switch (column.form()) {
            case NUMBER -> number(value).map(column.stored()::number);
            case TEXT ->
                value instanceof String text ? Optional.of(column.stored().text(text)) : Optional.empty();
            case BINARY ->
                value instanceof byte[] bytes ? Optional.of(column.stored().bytes(bytes)) : Optional.empty();
            case TEMPORAL -> temporal(value, column);
            case FLOAT, DOUBLE, TIMESTAMP, BIT, JSON, SPATIAL -> Optional.empty();
        };
    }

    /** Connector/J may cut fractions of seconds, and bring java.sql's types into another time zone. */
    private static Optional<StoredForm.Stored> temporal(Object value, Column column) {
        if (value instanceof String text) {
            return column.stored().temporal(text);
        }
        if (value instanceof LocalDate date && column.type().equals("date")) {
            return column.stored().temporal(date.toString());
        }
        if (value instanceof LocalDateTime time && column.type().equals("datetime") && time.getNano() == 0) {
            return column.stored().temporal(SECONDS.format(time));
        }
        return Optional.empty();
    }

    /** A text as it was given. */
    static Optional<String> text(ValueSource source, List<StatementCall.Parameter> parameters) {
        if (source instanceof ValueSource.Text text) {
            return Optional.of(text.value());
        }
        Object value = source instanceof ValueSource.Parameter parameter
                ? parameters.get(parameter.index() - 1).value()
                : null;
        return value instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static Optional<BigDecimal> number(Object value) {
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return Optional.of(BigDecimal.valueOf(((Number) value).longValue()));
        }
        if (value instanceof BigInteger integer) {
            return Optional.of(new BigDecimal(integer));
        }
        if (value instanceof BigDecimal decimal) {
            return Optional.of(decimal);
        }
        if (value instanceof String text && text.matches("-?\\d{1,30}")) {
            return Optional.of(new BigDecimal(text));
        }
        return Optional.empty();
    }

    /** The full primary key that the condition names. */
    static Optional<PrimaryKey> primaryKey(
            KeyCondition condition, List<StatementCall.Parameter> parameters, ShardedTable table) {
        byte[][] values = new byte[table.schema().primaryKey().size()][];
        for (int i = 0; i < values.length; i++) {
            Column column =
                    table.schema().columns().get(table.schema().primaryKey().get(i));
            Optional<byte[]> value = valueOf(condition, column, parameters);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values[i] = value.get();
        }
        return Optional.of(new PrimaryKey(values));
    }

    private static Optional<byte[]> valueOf(
            KeyCondition condition, Column column, List<StatementCall.Parameter> parameters) {
        for (int i = 0; i < condition.columns().size(); i++) {
            if (condition.columns().get(i).equalsIgnoreCase(column.name())) {
                return neutral(condition.values().get(i), parameters, column);
            }
        }
        return Optional.empty();
    }

    /** Slot of one shard key; empty when a value is not certain or has no slot. */
    static Optional<Integer> slot(
            List<ValueSource> shardKey, List<StatementCall.Parameter> parameters, ShardedTable table) {
        return shardKey(shardKey, parameters, table).map(table::slot).filter(slot -> slot >= 0);
    }

    /** One shard key of the table; empty when a value is not certain, or there are more or fewer than its columns. */
    static Optional<List<byte[]>> shardKey(
            List<ValueSource> shardKey, List<StatementCall.Parameter> parameters, ShardedTable table) {
        if (shardKey.size() != table.shardKey().size()) {
            return Optional.empty();
        }
        List<byte[]> values = new ArrayList<>(shardKey.size());
        for (int i = 0; i < shardKey.size(); i++) {
            Column column = table.schema().columns().get(table.shardKey().get(i));
            Optional<byte[]> value = neutral(shardKey.get(i), parameters, column);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(values);
    }

    /** Binds a key's value, in the form of {@link Column#exactSql}, to a marker of {@link Column#givenSql}. */
    static void bind(PreparedStatement statement, int index, Column column, byte[] value) throws SQLException {
        switch (column.form()) {
            case NUMBER, BIT ->
                statement.setBigDecimal(index, new BigDecimal(new String(value, StandardCharsets.US_ASCII)));
            case FLOAT, DOUBLE, TEMPORAL, TIMESTAMP ->
                statement.setString(index, new String(value, StandardCharsets.US_ASCII));
            case TEXT, BINARY, JSON, SPATIAL -> statement.setBytes(index, value);
        }
    }
}
