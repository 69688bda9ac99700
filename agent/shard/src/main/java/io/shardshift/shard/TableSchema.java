package io.shardshift.shard;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A table as the protocol sees it: the columns that travel (invisible ones included, generated ones not) and its keys.
 *
 * @param columns named columns in the table's order; generated ones are left out
 * @param primaryKey indexes into {@code columns}
 * @param uniqueKeys every unique key, the primary one included
 * @param autoIncrement name of the auto-increment column
 * @param inserted names of the columns that an INSERT without a list of them fills, in order: the visible ones, generated
 *     ones included
 * @param generated names of the generated columns
 * @param definition all that must be alike on both shards, as one text: equal definitions may mirror each other
 */
public record TableSchema(
        String name,
        List<Column> columns,
        List<Integer> primaryKey,
        List<UniqueKey> uniqueKeys,
        Optional<String> autoIncrement,
        List<String> inserted,
        List<String> generated,
        String definition) {
    /** A unique key; {@code columns} are indexes into the table's columns, or empty for one over expressions. */
    public record UniqueKey(String name, List<Integer> columns) {
        public boolean isPrimary() {
            return name.equals("PRIMARY");
        }
    }

    public TableSchema {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
        uniqueKeys = List.copyOf(uniqueKeys);
        inserted = List.copyOf(inserted);
        generated = List.copyOf(generated);
    }

    /**
     * Whether the rows have the same bytes in every column of every unique key, so that one can become the other without
     * meeting a third. Never for a table with a unique key over expressions.
     */
    public boolean hasSameUniqueValues(Row one, Row other) {
        return uniqueKeys.stream()
                .allMatch(key -> !key.columns().isEmpty()
                        && key.columns().stream()
                                .allMatch(column -> Arrays.equals(one.value(column), other.value(column))));
    }

    /** Index of a column by name, case-insensitive as MySQL has it. */
    public int indexOf(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equalsIgnoreCase(column)) {
                return i;
            }
        }
        throw new IllegalArgumentException("table " + name + " has no column " + column);
    }
}
