package io.shardshift.plans.file;

import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardFunction.RangeTable.Entry;
import io.shardshift.api.routing.SlotMap;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields {@code shardFunction}, {@code range} and {@code lookup} of a keyspace file. The two tables may also be
 * written in place of the word: {@code shardFunction: {range: {…}}}.
 */
final class FunctionForm {
    static final List<String> FUNCTIONS = List.of("crc32", "modulo", "range", "lookup");
    static final List<String> TABLE_FUNCTIONS = List.of("range", "lookup");
    static final List<String> LOOKUP_FIELDS = List.of("keys", "default");
    static final List<String> LOOKUP_DEFAULTS = List.of("crc32");

    /** What MySQL's BIGINT holds, signed and unsigned. */
    static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);

    static final BigInteger MOST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    /** {@code CASE} in SQL is read from the start for each row: more entries belong into a lookup of slots. */
    static final int MAX_RANGES = 65_536;

    private final Fields fields;
    private final @Nullable Integer slots;
    private final SortedMap<String, TableSpec> tables;

    /**
     * @param slots null when it could not be read: what depends on it is then not checked
     * @param tables those that could be read
     */
    FunctionForm(Fields fields, @Nullable Integer slots, SortedMap<String, TableSpec> tables) {
        this.fields = fields;
        this.slots = slots;
        this.tables = tables;
    }

    @Nullable
    ShardFunction read(boolean allTables) {
        if (allTables) {
            return unsharded();
        }
        Value value = fields.required("shardFunction", Words.either(FUNCTIONS));
        if (value == null) {
            return null;
        }
        Map<String, Value> inner = Map.of();
        String kind;
        if (value.isMapping()) {
            Fields nested = value.fields("one of range and lookup with its table", TABLE_FUNCTIONS);
            inner = nested == null ? inner : nested.values();
            kind = inner.size() == 1 ? inner.keySet().iterator().next() : null;
            if (kind == null) {
                value.error("expected one function, found " + inner.size(), null);
            }
        } else {
            kind = value.word(FUNCTIONS);
        }
        for (String table : TABLE_FUNCTIONS) {
            Value other = fields.optional(table);
            if (other != null && (!table.equals(kind) || !inner.isEmpty()) && kind != null) {
                other.error(
                        "expected this table only with shardFunction: " + table + ", found it beside " + kind, null);
            }
        }
        return kind == null ? null : function(kind, inner);
    }

    private @Nullable ShardFunction function(String kind, Map<String, Value> inner) {
        int count = slots == null ? 1 : slots;
        switch (kind) {
            case "crc32":
                return new ShardFunction.Crc32(count);
            case "modulo":
                requireOneColumn("modulo");
                return new ShardFunction.Modulo(count);
            case "range":
                requireOneColumn("range");
                Value range = table("range", inner, "range: {column: [[low, high, slot], …]}");
                return range == null ? null : range(range);
            case "lookup":
                Value lookup = table("lookup", inner, "lookup: {keys: {key: slot}, default: crc32}");
                return lookup == null ? null : lookup(lookup, count);
            default: // an unknown field of the mapping, of which an error tells
                return null;
        }
    }

    private @Nullable Value table(String kind, Map<String, Value> inner, String what) {
        Value nested = inner.get(kind);
        return nested != null ? nested : fields.required(kind, what);
    }

    private @Nullable ShardFunction unsharded() {
        for (String field : List.of("shardFunction", "range", "lookup")) {
            Value value = fields.optional(field);
            if (value != null) {
                value.error("expected no " + field + " under tables: all, found " + value.found(), "take the line out");
            }
        }
        return new ShardFunction.Unsharded();
    }

    private void requireOneColumn(String kind) {
        Value value = fields.optional("tables");
        for (TableSpec table : tables.values()) {
            if (table.shardKey().size() != 1 && value != null) {
                value.error(
                        "expected one shard key column under " + kind + ", found "
                                + table.shardKey().size() + " in table " + table.name(),
                        "crc32 and lookup take several");
            }
        }
    }

    private @Nullable ShardFunction range(Value value) {
        Map<String, Value> columns = value.entries("the column and its ranges");
        if (columns == null) {
            return null;
        }
        if (columns.size() != 1) {
            value.error("expected one column with its ranges, found " + columns.size(), null);
            return null;
        }
        Map.Entry<String, Value> only = columns.entrySet().iterator().next();
        String column = only.getKey();
        List<String> keys = tables.values().stream()
                .flatMap(table -> table.shardKey().stream())
                .distinct()
                .toList();
        if (!keys.isEmpty() && keys.stream().noneMatch(column::equalsIgnoreCase)) {
            only.getValue()
                    .error(
                            "expected the shard key column, " + Words.either(keys) + ", found '"
                                    + Value.abbreviated(column) + "'",
                            only.getValue().nearest(column, keys));
        }
        List<Entry> entries = entries(only.getValue());
        return entries.isEmpty() ? null : new ShardFunction.RangeTable(column, entries);
    }

    private List<Entry> entries(Value list) {
        List<Entry> entries = new ArrayList<>();
        List<Value> items = list.items("a list of [low, high, slot]");
        if (list.isList() && (items.isEmpty() || items.size() > MAX_RANGES)) {
            list.error("expected 1 to " + MAX_RANGES + " ranges, found " + items.size(), null);
            return entries;
        }
        for (Value item : items) {
            Entry entry = entry(item);
            if (entry != null) {
                entries.add(entry);
            }
        }
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparing(Entry::low));
        for (int i = 1; i < sorted.size(); i++) {
            Entry before = sorted.get(i - 1);
            Entry after = sorted.get(i);
            if (after.low().compareTo(before.high()) <= 0) {
                list.error(
                        "expected ranges that do not overlap, found " + shown(before) + " and " + shown(after), null);
            }
        }
        return entries;
    }

    private @Nullable Entry entry(Value item) {
        List<Value> parts = item.items("[low, high, slot]");
        if (!item.isList()) {
            return null;
        }
        if (parts.size() != 3) {
            item.error("expected [low, high, slot], found " + parts.size() + " elements", null);
            return null;
        }
        BigInteger low = parts.get(0).integer(LEAST, MOST);
        BigInteger high = parts.get(1).integer(LEAST, MOST);
        Integer slot = slot(parts.get(2));
        if (low == null || high == null || slot == null) {
            return null;
        }
        if (high.compareTo(low) < 0) {
            item.error("expected a range that goes up, found " + low + " to " + high, null);
            return null;
        }
        return new Entry(low, high, slot);
    }

    private @Nullable ShardFunction lookup(Value value, int count) {
        Fields lookup = value.fields("a mapping with keys and default", LOOKUP_FIELDS);
        if (lookup == null) {
            return null;
        }
        Value defaults = lookup.optional("default");
        if (defaults != null) {
            defaults.word(LOOKUP_DEFAULTS);
        }
        Value keysField = lookup.required("keys", "slots by key");
        Map<String, Value> keys = keysField == null ? null : keysField.entries("slots by key");
        if (keysField == null || keys == null) {
            return null;
        }
        if (keys.isEmpty()) {
            keysField.error("expected at least one key, found none", "shardFunction: crc32 needs no table");
        }
        SortedMap<String, Integer> slotsByKey = new TreeMap<>();
        keys.forEach((key, slotField) -> {
            Integer slot = slot(slotField);
            if (slot != null) {
                slotsByKey.put(key, slot);
            }
        });
        return slotsByKey.isEmpty() ? null : new ShardFunction.Lookup(count, slotsByKey);
    }

    private @Nullable Integer slot(Value value) {
        return value.integer(0, slots == null ? SlotMap.MAX_SLOTS - 1 : slots - 1);
    }

    private static String shown(Entry entry) {
        return "[" + entry.low() + ", " + entry.high() + "]";
    }
}
