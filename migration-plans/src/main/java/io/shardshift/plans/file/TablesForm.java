package io.shardshift.plans.file;

import io.shardshift.api.plan.TableSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The field {@code tables} of a keyspace file. */
final class TablesForm {
    static final List<String> TABLE_FIELDS = List.of("shardKey");

    /** What MySQL takes as a quoted name, less the characters that quote, qualify or name a path. */
    static final String IDENTIFIER = "[^\\x00-\\x1f\\x7f`./\\\\]{1,64}";

    /** Ours, on every shard. */
    static final String BOOKKEEPING = "_shardshift_";

    /** What MySQL takes in one index. */
    static final int MAX_COLUMNS = 16;

    private static final Pattern NAME = Pattern.compile(IDENTIFIER);

    private TablesForm() {}

    /** Tables by name, without those that have an error. */
    static SortedMap<String, TableSpec> tables(Value value) {
        SortedMap<String, TableSpec> tables = new TreeMap<>();
        Map<String, Value> entries = value.entries("tables by name, or all");
        if (entries == null) {
            return tables;
        }
        if (entries.isEmpty()) {
            value.error("expected at least one table, or all, found none", null);
        }
        TableSpec first = null;
        for (Map.Entry<String, Value> entry : entries.entrySet()) {
            TableSpec table = table(entry.getKey(), entry.getValue());
            if (table == null) {
                continue;
            }
            if (first == null) {
                first = table;
            } else if (first.shardKey().size() != table.shardKey().size()) {
                entry.getValue()
                        .error(
                                "expected as many shard key columns as table " + first.name() + " has, "
                                        + first.shardKey().size() + ", found "
                                        + table.shardKey().size(),
                                "rows of one key live together only when it has the same columns in each table");
            }
            tables.put(table.name(), table);
        }
        return tables;
    }

    private static @Nullable TableSpec table(String name, Value value) {
        if (!NAME.matcher(name).matches() || name.endsWith(" ")) {
            value.error(
                    "expected a table's name without quotes or schema, found '" + Value.abbreviated(name) + "'", null);
            return null;
        }
        if (name.startsWith(BOOKKEEPING)) {
            value.error("expected a table of the application, found one of Shardshift's own", null);
            return null;
        }
        Fields fields = value.fields("a mapping with shardKey", TABLE_FIELDS);
        Value key = fields == null ? null : fields.required("shardKey", "the shard key: a column or a list of columns");
        if (key == null) {
            return null;
        }
        List<String> columns = columns(key);
        return columns == null ? null : new TableSpec(name, columns);
    }

    private static @Nullable List<String> columns(Value key) {
        String what = "a column, or a list of columns";
        List<Value> items = key.isList() ? key.items(what) : List.of(key);
        List<String> columns = new ArrayList<>();
        // Names of columns are not case-sensitive in MySQL.
        Set<String> seen = new HashSet<>();
        for (Value item : items) {
            String column = item.text(what);
            if (column == null) {
                return null;
            }
            if (!NAME.matcher(column).matches() || column.endsWith(" ")) {
                item.expected("a column's name");
                return null;
            }
            if (!seen.add(column.toLowerCase(Locale.ROOT))) {
                item.error("expected each column once, found '" + column + "' again", null);
                return null;
            }
            columns.add(column);
        }
        if (columns.isEmpty() || columns.size() > MAX_COLUMNS) {
            key.error("expected 1 to " + MAX_COLUMNS + " columns, found " + columns.size(), null);
            return null;
        }
        return columns;
    }
}
