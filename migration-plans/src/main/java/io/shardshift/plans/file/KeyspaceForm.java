package io.shardshift.plans.file;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The fields of a keyspace file. One thread. */
final class KeyspaceForm {
    static final List<String> FIELDS = List.of(
            "keyspace",
            "slots",
            "shardFunction",
            "range",
            "lookup",
            "tables",
            "shards",
            "slotMap",
            "autoIncrement",
            "unique",
            "shardKeyForm");
    static final List<String> AUTO_INCREMENT_FIELDS = List.of("increment");

    /** Connector/J and the server take at most this. */
    static final int MAX_INCREMENT = 65_535;

    private final Value root;

    KeyspaceForm(Value root) {
        this.root = root;
    }

    /** The keyspace, or null when an error was added. */
    @Nullable
    Keyspace read() {
        Fields fields = root.fields("a mapping of fields", FIELDS);
        if (fields == null) {
            return null;
        }
        Value nameField = fields.required("keyspace", "the keyspace's name");
        Value slotsField = fields.required("slots", "the number of slots");
        Value tablesField = fields.required("tables", "tables by name, or all");
        KeyspaceName name = nameField == null ? null : nameField.name(KeyspaceName::new);
        Integer slots = slotsField == null ? null : slotsField.integer(1, SlotMap.MAX_SLOTS);
        boolean all = tablesField != null && tablesField.isText("all");
        if (all && slotsField != null && slots != null && slots != 1) {
            slotsField.error("expected 1 slot under tables: all, found " + slots, "1");
        }
        SortedMap<String, TableSpec> tables =
                all || tablesField == null ? new TreeMap<>() : TablesForm.tables(tablesField);
        ShardFunction function = new FunctionForm(fields, slots, tables).read(all);
        SortedMap<ShardName, ShardSpec> shards =
                ShardsForm.shards(fields.required("shards", "the shards that hold the keyspace today"));
        SlotMap slotMap = slotMap(fields, slots, shards);
        Integer increment = increment(fields, shards.size());
        List<String> unique = unique(fields, tables, all);
        ShardKeyForm form = ShardKeyForm.AS_IS;
        Value formField = fields.optional("shardKeyForm");
        if (formField != null) {
            form = formField.word(ShardKeyForm.class);
        }
        if (name == null || function == null || slotMap == null || form == null) {
            return null;
        }
        return new Keyspace(name, function, tables, all, shards, slotMap, increment, unique, form);
    }

    private @Nullable SlotMap slotMap(Fields fields, @Nullable Integer slots, SortedMap<ShardName, ShardSpec> shards) {
        Value value = fields.required("slotMap", "the slots of each shard");
        if (value == null) {
            return null;
        }
        ShardsForm.Placed slotMap = ShardsForm.slotMap(value);
        Value shardsField = fields.optional("shards");
        // The names as written: a shard with an error of its own is not also one that is unknown.
        Map<String, Value> declared =
                shardsField != null && shardsField.isMapping() ? shardsField.entriesAgain() : Map.of();
        Map<String, Value> placed = value.isMapping() ? value.entriesAgain() : Map.of();
        List<String> unplaced = declared.keySet().stream()
                .filter(shard -> !placed.containsKey(shard))
                .toList();
        placed.forEach((shard, entry) -> {
            if (!declared.containsKey(shard)) {
                entry.error(
                        "expected a shard of this file, found '" + Value.abbreviated(shard)
                                + "', which shards does not name",
                        entry.nearest(shard, unplaced)); // another would get the slots of two
            }
        });
        declared.forEach((shard, entry) -> {
            if (!placed.containsKey(shard)) {
                entry.error(
                        "expected slots for each shard, found none in slotMap",
                        "a shard comes with the plan that brings it slots");
            }
        });
        if (slotMap == null || slots == null || !everySlotHasAShard(value, slotMap, slots)) {
            return null;
        }
        SortedMap<ShardName, SlotRanges> whole = slotMap.slots();
        return shards.keySet().containsAll(whole.keySet()) ? new SlotMap(slots, whole) : null;
    }

    /** Slots that the keyspace has not are told also where an entry could not be read, missing ones are not. */
    private static boolean everySlotHasAShard(Value value, ShardsForm.Placed slotMap, int slots) {
        BitSet placed = new BitSet();
        slotMap.slots().values().forEach(ranges -> placed.or(ranges.toBitSet()));
        BitSet homeless = new BitSet();
        homeless.set(0, slots);
        homeless.andNot(placed);
        if (slotMap.whole() && !homeless.isEmpty()) {
            value.error("expected every slot on a shard, found " + SlotRanges.of(homeless) + " on none", null);
        }
        if (placed.length() > slots) {
            placed.clear(0, slots);
            value.error(
                    "expected slots from 0 to " + (slots - 1) + ", found " + SlotRanges.of(placed),
                    "the keyspace has " + slots + " slots");
        }
        return slotMap.whole() && homeless.isEmpty() && placed.length() <= slots;
    }

    private static @Nullable Integer increment(Fields fields, int shards) {
        Value value = fields.optional("autoIncrement");
        if (value == null || value.isNull()) {
            return null;
        }
        Fields inner = value.fields("a mapping with increment, or null", AUTO_INCREMENT_FIELDS);
        Value field = inner == null ? null : inner.required("increment", "the common auto_increment_increment");
        Integer increment = field == null ? null : field.integer(1, MAX_INCREMENT);
        if (field != null && increment != null && increment < shards) {
            field.error(
                    "expected at least the number of shards, " + shards
                            + ", since each has an offset of its own; found " + increment,
                    "leave room for the shards of later plans: offsets are never used again");
        }
        return increment;
    }

    private static List<String> unique(Fields fields, SortedMap<String, TableSpec> tables, boolean all) {
        Value value = fields.optional("unique");
        List<String> unique = new ArrayList<>();
        if (value == null) {
            return unique;
        }
        Set<String> seen = new HashSet<>();
        for (Value item : value.items("a list of keys as table.KEY")) {
            String key = item.text("a key as table.KEY");
            if (key == null) {
                continue;
            }
            int dot = key.indexOf('.');
            if (dot < 1 || dot == key.length() - 1) {
                item.expected("a key as table.KEY, such as orders.PRIMARY");
            } else if (!all && !tables.isEmpty() && !tables.containsKey(key.substring(0, dot))) {
                item.error(
                        "expected a key of a table of this file, found '" + Value.abbreviated(key) + "'",
                        item.nearest(key.substring(0, dot), tables.keySet()));
            } else if (!seen.add(key)) {
                item.error("expected each key once, found '" + Value.abbreviated(key) + "' again", null);
            }
            unique.add(key);
        }
        return unique;
    }
}
