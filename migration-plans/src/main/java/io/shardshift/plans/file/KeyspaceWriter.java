package io.shardshift.plans.file;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.routing.ShardFunction;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a keyspace with the keys of its file: read again it is the same. */
public final class KeyspaceWriter {
    private KeyspaceWriter() {}

    /** Texts, numbers, lists and maps, in the order of the file, every key but the function's under {@code tables: all}. */
    public static Map<String, @Nullable Object> file(Keyspace keyspace) {
        Map<String, @Nullable Object> file = new LinkedHashMap<>();
        file.put("keyspace", keyspace.name().value());
        file.put("slots", keyspace.slotMap().slots());
        if (!keyspace.allTables()) {
            file.put("shardFunction", function(keyspace.shardFunction()));
        }
        file.put("tables", keyspace.allTables() ? "all" : tables(keyspace));
        Map<String, Object> shards = new LinkedHashMap<>();
        keyspace.shards()
                .forEach((shard, spec) ->
                        shards.put(shard.value(), inOrder("url", spec.url(), "credentials", spec.credentials())));
        file.put("shards", shards);
        Map<String, Object> slotMap = new LinkedHashMap<>();
        keyspace.slotMap().shards().forEach((shard, slots) -> slotMap.put(shard.value(), slots.toString()));
        file.put("slotMap", slotMap);
        Integer increment = keyspace.autoIncrementIncrement();
        file.put("autoIncrement", increment == null ? null : Map.of("increment", increment));
        file.put("unique", keyspace.unique());
        file.put("shardKeyForm", Words.of(keyspace.shardKeyForm()));
        return file;
    }

    private static Map<String, Object> tables(Keyspace keyspace) {
        Map<String, Object> tables = new LinkedHashMap<>();
        for (TableSpec table : keyspace.tables().values()) {
            List<String> key = table.shardKey();
            tables.put(table.name(), Map.of("shardKey", key.size() == 1 ? key.get(0) : key));
        }
        return tables;
    }

    private static Object function(ShardFunction function) {
        if (function instanceof ShardFunction.RangeTable range) {
            List<List<Object>> entries = range.entries().stream()
                    .map(entry -> Arrays.<Object>asList(entry.low(), entry.high(), entry.slot()))
                    .toList();
            return Map.of("range", Map.of(range.column(), entries));
        }
        if (function instanceof ShardFunction.Lookup lookup) {
            return Map.of("lookup", inOrder("keys", lookup.keys(), "default", "crc32"));
        }
        return function instanceof ShardFunction.Modulo ? "modulo" : "crc32";
    }

    private static Map<String, Object> inOrder(String first, Object one, String second, Object two) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(first, one);
        map.put(second, two);
        return map;
    }
}
