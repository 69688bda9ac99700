package io.shardshift.controller.check;

import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.List;

/**
 * A column as information_schema tells of it.
 *
 * @param type name of the type without length, in lower case
 * @param fullType as a definition has it, such as {@code decimal(10,2) unsigned}
 * @param scale digits after the point, 0 for types without
 * @param generation expression of a generated column, else empty
 * @param inPrimaryKey whether it is a part of the primary key
 */
record ColumnInfo(
        String table,
        String name,
        String type,
        String fullType,
        boolean isNullable,
        long scale,
        String collation,
        String generation,
        boolean inPrimaryKey) {
    private static final String SELECT = "SELECT TABLE_NAME, COLUMN_NAME, LOWER(DATA_TYPE), COLUMN_TYPE,"
            + " IS_NULLABLE = 'YES', NUMERIC_SCALE, COLLATION_NAME, GENERATION_EXPRESSION, COLUMN_KEY = 'PRI'"
            + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables}"
            + " ORDER BY TABLE_NAME, ORDINAL_POSITION";

    static List<ColumnInfo> read(ShardView shard) throws SQLException {
        return shard.queryTables(SELECT).stream()
                .map(row -> new ColumnInfo(
                        row.text(1),
                        row.text(2),
                        row.text(3),
                        row.text(4),
                        row.number(5) == 1,
                        row.number(6),
                        row.text(7),
                        row.text(8),
                        row.number(9) == 1))
                .toList();
    }

    boolean isGenerated() {
        return !generation.isEmpty();
    }

    String quotedTable() {
        return Identifiers.quote(table);
    }

    String quoted() {
        return Identifiers.quote(name);
    }

    /** {@code table.column}, as a message has it. */
    @Override
    public String toString() {
        return table + "." + name;
    }
}
