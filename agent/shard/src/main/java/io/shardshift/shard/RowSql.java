package io.shardshift.shard;

import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.shard.ShardSession.RowLock;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * SQL texts and bindings for the rows of one table [27]. What is read is the same bytes whatever the session's time zone,
 * sql_mode and character sets are. Composite keys are written out: row constructors may scan the table. Immutable.
 */
final class RowSql {
    private final ShardedTable table;
    private final TableSchema schema;
    private final String quotedTable;
    private final String selectList;
    private final String hint;

    RowSql(ShardedTable table) {
        this.table = table;
        this.schema = table.schema();
        this.quotedTable = Identifiers.quote(schema.name());
        this.selectList = String.join(
                ", ", schema.columns().stream().map(RowSql::readExpression).toList());
        boolean timestamps = schema.columns().stream().anyMatch(column -> column.form() == ValueForm.TIMESTAMP);
        boolean padded =
                schema.columns().stream().anyMatch(column -> column.type().equals("char"));
        // An application's session may have a time zone, and pad CHAR, by its own settings.
        String settings = (timestamps ? " SET_VAR(time_zone = '+00:00')" : "")
                + (padded ? " SET_VAR(sql_mode = 'NO_ENGINE_SUBSTITUTION')" : "");
        this.hint = settings.isEmpty() ? "" : "/*+" + settings + " */ ";
    }

    private static String readExpression(Column column) {
        String name = column.quoted();
        return switch (column.form()) {
            case NUMBER, TEMPORAL, TIMESTAMP, TEXT, BINARY, DOUBLE -> "CAST(" + name + " AS BINARY)";
            case FLOAT -> "CAST(" + name + " + 0E0 AS BINARY)"; // its own text has 6 digits
            case BIT -> "CAST(" + name + " + 0 AS BINARY)";
            case JSON -> "CAST(CAST(" + name + " AS CHAR CHARACTER SET utf8mb4) AS BINARY)";
            case SPATIAL -> name;
        };
    }

    String selectByKeys(int keys, RowLock lock) {
        return "SELECT " + hint + selectList + " FROM " + quotedTable + " FORCE INDEX (PRIMARY) WHERE "
                + keysCondition(keys) + lockText(lock);
    }

    String selectRange(KeyRange range, SlotRanges slots, RowLock lock) {
        return "SELECT " + hint + selectList + " FROM " + quotedTable + " FORCE INDEX (PRIMARY) WHERE "
                + rangeCondition(range) + " AND " + slotCondition(slots) + " ORDER BY " + keyList() + lockText(lock);
    }

    /** The first row of the range. */
    String selectFirst(KeyRange range, SlotRanges slots) {
        return selectRange(range, slots, RowLock.NONE) + " LIMIT 1";
    }

    String deleteByKeys(int keys, SlotRanges slots) {
        return delete() + keysCondition(keys) + " AND " + slotCondition(slots);
    }

    String deleteRange(KeyRange range, SlotRanges slots) {
        return delete() + rangeCondition(range) + " AND " + slotCondition(slots);
    }

    /** All but the key's columns are named: one that is left out may change by itself (ON UPDATE CURRENT_TIMESTAMP). */
    String update(SlotRanges slots) {
        return "UPDATE /*+ INDEX(" + quotedTable + " PRIMARY) */ " + quotedTable + " SET "
                + otherColumns()
                        .mapToObj(schema.columns()::get)
                        .map(column -> column.quoted() + " = " + writeExpression(column))
                        .collect(Collectors.joining(", "))
                + " WHERE " + keysCondition(1) + " AND " + slotCondition(slots);
    }

    private IntStream otherColumns() {
        return IntStream.range(0, schema.columns().size())
                .filter(column -> !schema.primaryKey().contains(column));
    }

    /** Without the hint a small table is scanned: the scan waits for every row that anybody has locked. */
    private String delete() {
        return "DELETE /*+ INDEX(" + quotedTable + " PRIMARY) */ FROM " + quotedTable + " WHERE ";
    }

    /** The primary key's columns are in an order in which texts can be compared; chunks of others would miss rows. */
    boolean hasOrderedKey() {
        return keyColumns().stream().noneMatch(Column::isEnumerated);
    }

    String selectKeyAfter(boolean after, int offset) {
        return "SELECT " + hint + keyReadList() + " FROM " + quotedTable + " FORCE INDEX (PRIMARY)"
                + (after ? " WHERE " + compareKey(">") : "") + " ORDER BY " + keyList() + " LIMIT " + offset + ", 1";
    }

    String selectLastKey() {
        String descending = String.join(
                ", ",
                keyColumns().stream().map(column -> column.quoted() + " DESC").toList());
        return "SELECT " + hint + keyReadList() + " FROM " + quotedTable + " ORDER BY " + descending + " LIMIT 1";
    }

    String insert(int rows) {
        String one = "("
                + String.join(
                        ", ",
                        schema.columns().stream().map(RowSql::writeExpression).toList()) + ")";
        return "INSERT INTO " + quotedTable + " (" + columnList() + ") VALUES "
                + String.join(", ", Collections.nCopies(rows, one));
    }

    private static String writeExpression(Column column) {
        return column.form() == ValueForm.JSON ? "CONVERT(? USING utf8mb4)" : "?";
    }

    /** Values come under CHARACTER SET binary, so no byte is converted; JSON must say that it is utf8mb4. */
    String load() {
        List<String> fields = new ArrayList<>();
        List<String> settings = new ArrayList<>();
        for (int i = 0; i < schema.columns().size(); i++) {
            Column column = schema.columns().get(i);
            if (column.form() == ValueForm.JSON) {
                fields.add("@v" + i);
                settings.add(column.quoted() + " = CONVERT(@v" + i + " USING utf8mb4)");
            } else if (column.form() == ValueForm.BIT) {
                fields.add("@v" + i);
                settings.add(column.quoted() + " = CAST(@v" + i + " AS UNSIGNED)");
            } else {
                fields.add(column.quoted());
            }
        }
        return "LOAD DATA LOCAL INFILE 'rows' INTO TABLE " + quotedTable + " CHARACTER SET binary"
                + " FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' ("
                + String.join(", ", fields)
                + ")" + (settings.isEmpty() ? "" : " SET " + String.join(", ", settings));
    }

    String selectByUniqueKey(TableSchema.UniqueKey key, int rows, RowLock lock) {
        String one = "("
                + String.join(
                        " AND ",
                        key.columns().stream()
                                .map(column -> schema.columns().get(column))
                                .map(column -> column.quoted() + " = " + keyBind(column))
                                .toList())
                + ")";
        return "SELECT " + hint + selectList + " FROM " + quotedTable + " FORCE INDEX (" + Identifiers.quote(key.name())
                + ") WHERE " + String.join(" OR ", Collections.nCopies(rows, one)) + lockText(lock);
    }

    /**
     * An order-free checksum: two independent 64-bit folds of each row's MD5, over values with length and NULL
     * marks. Long values come in by their own MD5: a CONCAT over max_allowed_packet is NULL, and NULLs would count as equal.
     */
    String checksum(KeyRange range, SlotRanges slots) {
        List<String> parts = new ArrayList<>();
        for (Column column : schema.columns()) {
            String value = readExpression(column);
            String hashed = column.form().isLong()
                    ? "IF(LENGTH(" + value + ") > 1000, MD5(" + value + "), " + value + ")"
                    : value;
            parts.add("IF(" + column.quoted() + " IS NULL, 'N', CONCAT(LENGTH(" + value + "), ':', " + hashed + "))");
        }
        return "SELECT " + hint + "COUNT(*), COALESCE(BIT_XOR(CAST(CONV(LEFT(h, 16), 16, 10) AS UNSIGNED)), 0),"
                + " COALESCE(SUM(CAST(CONV(RIGHT(h, 16), 16, 10) AS UNSIGNED)), 0) FROM (SELECT MD5(CONCAT("
                + String.join(", ", parts) + ")) AS h FROM " + quotedTable + " FORCE INDEX (PRIMARY) WHERE "
                + rangeCondition(range) + " AND " + slotCondition(slots) + ") AS hashed";
    }

    private String columnList() {
        return String.join(", ", schema.columns().stream().map(Column::quoted).toList());
    }

    private List<Column> keyColumns() {
        return schema.primaryKey().stream().map(schema.columns()::get).toList();
    }

    private String keyList() {
        return String.join(", ", keyColumns().stream().map(Column::quoted).toList());
    }

    private String keyReadList() {
        return String.join(
                ", ", keyColumns().stream().map(RowSql::readExpression).toList());
    }

    private String keysCondition(int keys) {
        List<Column> columns = keyColumns();
        if (columns.size() == 1) {
            Column column = columns.get(0);
            return column.quoted() + " IN (" + String.join(", ", Collections.nCopies(keys, keyBind(column))) + ")";
        }
        String one = "("
                + String.join(
                        " AND ",
                        columns.stream()
                                .map(column -> column.quoted() + " = " + keyBind(column))
                                .toList())
                + ")";
        return "(" + String.join(" OR ", Collections.nCopies(keys, one)) + ")";
    }

    private String rangeCondition(KeyRange range) {
        List<String> bounds = new ArrayList<>();
        if (range.after().isPresent()) {
            bounds.add(compareKey(">"));
        }
        if (range.end().isPresent()) {
            bounds.add(range.endIncluded() ? "(" + compareKey("<") + " OR " + equalKey() + ")" : compareKey("<"));
        }
        return bounds.isEmpty() ? "TRUE" : String.join(" AND ", bounds);
    }

    private String equalKey() {
        return "("
                + String.join(
                        " AND ",
                        keyColumns().stream()
                                .map(column -> column.quoted() + " = " + keyBind(column))
                                .toList())
                + ")";
    }

    /** {@code (a > ? OR (a = ? AND b > ?))}: written out, for row constructors scan the table. */
    private String compareKey(String operator) {
        List<Column> columns = keyColumns();
        StringBuilder text = new StringBuilder("(");
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            text.append(i > 0 ? " OR (" : "(");
            for (int j = 0; j < i; j++) {
                Column before = columns.get(j);
                text.append(before.quoted())
                        .append(" = ")
                        .append(keyBind(before))
                        .append(" AND ");
            }
            text.append(column.quoted()).append(' ').append(operator).append(' ');
            text.append(keyBind(column)).append(')');
        }
        return text.append(')').toString();
    }

    private static String keyBind(Column column) {
        return column.form() == ValueForm.TEXT ? column.textSql() : "?";
    }

    private String slotCondition(SlotRanges slots) {
        if (table.function() instanceof ShardFunction.Unsharded) {
            return slots.contains(0) ? "TRUE" : "FALSE";
        }
        if (slots.isEmpty()) {
            return "FALSE";
        }
        String slot = table.slotSql();
        return "("
                + String.join(
                        " OR ",
                        slots.ranges().stream()
                                .map(range -> slot + " BETWEEN " + range.first() + " AND " + range.last())
                                .toList())
                + ")";
    }

    private static String lockText(RowLock lock) {
        return switch (lock) {
            case NONE -> "";
            case SHARE -> " FOR SHARE";
            case SHARE_NOWAIT -> " FOR SHARE NOWAIT";
            case UPDATE -> " FOR UPDATE";
            case UPDATE_NOWAIT -> " FOR UPDATE NOWAIT";
        };
    }

    int bindKeys(PreparedStatement statement, Collection<PrimaryKey> keys) throws SQLException {
        int next = 1;
        for (PrimaryKey key : keys) {
            for (int i = 0; i < key.columns(); i++) {
                bind(statement, next++, keyColumns().get(i), key.value(i));
            }
        }
        return next;
    }

    int bindRange(PreparedStatement statement, KeyRange range) throws SQLException {
        int next = 1;
        if (range.after().isPresent()) {
            next = bindCompare(statement, next, range.after().get());
        }
        if (range.end().isPresent()) {
            next = bindCompare(statement, next, range.end().get());
            if (range.endIncluded()) {
                for (int i = 0; i < keyColumns().size(); i++) {
                    bind(
                            statement,
                            next++,
                            keyColumns().get(i),
                            range.end().get().value(i));
                }
            }
        }
        return next;
    }

    int bindCompare(PreparedStatement statement, int first, PrimaryKey key) throws SQLException {
        int next = first;
        for (int i = 0; i < key.columns(); i++) {
            for (int j = 0; j <= i; j++) {
                bind(statement, next++, keyColumns().get(j), key.value(j));
            }
        }
        return next;
    }

    void bindRows(PreparedStatement statement, List<Row> rows) throws SQLException {
        int next = 1;
        for (Row row : rows) {
            for (int i = 0; i < schema.columns().size(); i++) {
                bind(statement, next++, schema.columns().get(i), row.value(i));
            }
        }
    }

    void bindUpdate(PreparedStatement statement, Row row) throws SQLException {
        int next = 1;
        for (int i : otherColumns().toArray()) {
            bind(statement, next++, schema.columns().get(i), row.value(i));
        }
        for (int i : schema.primaryKey()) {
            bind(statement, next++, schema.columns().get(i), row.value(i));
        }
    }

    void bindUniqueKey(PreparedStatement statement, List<Integer> columns, List<Row> rows) throws SQLException {
        int next = 1;
        for (Row row : rows) {
            for (int column : columns) {
                bind(statement, next++, schema.columns().get(column), row.value(column));
            }
        }
    }

    private static void bind(PreparedStatement statement, int index, Column column, byte @Nullable [] value)
            throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
            return;
        }
        switch (column.form()) {
            case NUMBER, BIT ->
                statement.setBigDecimal(index, new BigDecimal(new String(value, StandardCharsets.US_ASCII)));
            case FLOAT, DOUBLE, TEMPORAL, TIMESTAMP ->
                statement.setString(index, new String(value, StandardCharsets.US_ASCII));
            case TEXT, BINARY, JSON, SPATIAL -> statement.setBytes(index, value);
        }
    }

    Row row(ResultSet result) throws SQLException {
        byte[][] values = new byte[schema.columns().size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = result.getBytes(i + 1);
        }
        return new Row(values);
    }

    PrimaryKey key(ResultSet result) throws SQLException {
        byte[][] values = new byte[schema.primaryKey().size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = result.getBytes(i + 1);
        }
        return new PrimaryKey(values);
    }
}
