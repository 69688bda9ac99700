package io.shardshift.agent.sql;

import java.util.List;

/**
 * Columns that a condition binds each to one value by equality.
 *
 * <p>Under a case-insensitive collation the row that is found may hold another text than the value: take keys and slots
 * from the stored row [18].
 */
public record KeyCondition(List<String> columns, List<ValueSource> values) {

    /** Copies the lists, which must be of one size. */
    public KeyCondition {
        columns = List.copyOf(columns);
        values = List.copyOf(values);
        if (columns.size() != values.size()) {
            throw new IllegalArgumentException("columns and values differ in number");
        }
    }
}
