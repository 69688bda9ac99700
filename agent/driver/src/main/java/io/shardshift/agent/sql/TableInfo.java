package io.shardshift.agent.sql;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the analysis must know of a table. Column names are compared without regard to case, as MySQL does.
 *
 * @param name as the server has it
 * @param columns all columns, invisible and generated ones included
 * @param inserted the columns that an INSERT without a column list fills, in order: the visible ones, generated included
 * @param primaryKey in key order; empty for a table without one, whose changes by condition are refused
 * @param uniqueKeys every unique key, the primary key included
 * @param shardKey in the keyspace's order; empty in a keyspace that moves whole: every row is in slot 0
 * @param autoIncrement the AUTO_INCREMENT column
 * @param generated the generated columns
 * @param exact how columns of the primary and the shard key are named exactly; by name in lower case, plain where absent
 */
public record TableInfo(
        String name,
        List<String> columns,
        List<String> inserted,
        List<String> primaryKey,
        List<UniqueKey> uniqueKeys,
        List<String> shardKey,
        Optional<String> autoIncrement,
        Set<String> generated,
        Map<String, KeyColumn> exact) {

    /** Copies the collections. */
    public TableInfo {
        columns = List.copyOf(columns);
        inserted = List.copyOf(inserted);
        exact = Map.copyOf(exact);
        primaryKey = List.copyOf(primaryKey);
        uniqueKeys = List.copyOf(uniqueKeys);
        shardKey = List.copyOf(shardKey);
        generated = Set.copyOf(generated);
    }

    /** A unique key: its name, its columns in key order, whether it is the primary key. */
    public record UniqueKey(String name, List<String> columns, boolean primary) {
        /** Copies the list. */
        public UniqueKey {
            columns = List.copyOf(columns);
        }
    }

    /** Whether the rows are spread by a shard key. */
    public boolean isSharded() {
        return !shardKey.isEmpty();
    }

    /** How texts of ours name the column. */
    public KeyColumn key(String column) {
        KeyColumn known = exact.get(column.toLowerCase(Locale.ROOT));
        return known == null ? KeyColumn.plain(column) : known;
    }

    boolean hasColumn(String column) {
        return contains(columns, column);
    }

    static boolean contains(List<String> names, String name) {
        return names.stream().anyMatch(name::equalsIgnoreCase);
    }

    static int indexOf(List<String> names, String name) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }
}
