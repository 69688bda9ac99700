package io.shardshift.plans.file;

import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields {@code shards} and {@code slotMap}, which keyspace and plan have in common. */
final class ShardsForm {
    static final List<String> SHARD_FIELDS = List.of("url", "credentials");

    /** A directory of a mounted secret and an environment variable are named after it. */
    static final String CREDENTIALS = "[A-Za-z0-9][A-Za-z0-9_.-]{0,63}";

    private static final Pattern CREDENTIALS_NAME = Pattern.compile(CREDENTIALS);

    /** Ten times what anybody runs; each is looked at beside each other one. */
    static final int MAX_SHARDS = 1_024;

    private ShardsForm() {}

    /** Shards by name, without those that have an error. */
    static SortedMap<ShardName, ShardSpec> shards(@Nullable Value value) {
        SortedMap<ShardName, ShardSpec> shards = new TreeMap<>();
        Map<String, ShardName> places = new HashMap<>();
        Map<String, Value> entries = value == null ? null : entries(value, "shards by name");
        if (entries == null) {
            return shards;
        }
        entries.forEach((key, entry) -> {
            ShardName name = name(key, entry);
            ShardSpec spec = shard(entry);
            if (name == null || spec == null) {
                return;
            }
            shards.put(name, spec);
            ShardName other = places.putIfAbsent(ShardUrl.place(spec.url()), name);
            if (other != null) {
                entry.error("expected a place of its own, found the host, port and schema of shard " + other, null);
            }
        });
        return shards;
    }

    private static @Nullable ShardSpec shard(Value entry) {
        Fields fields = entry.fields("a mapping with url and credentials", SHARD_FIELDS);
        if (fields == null) {
            return null;
        }
        Value urlField = fields.required("url", ShardUrl.SHAPE);
        Value credentialsField = fields.required("credentials", "the name of its credentials");
        String url = urlField == null ? null : ShardUrl.read(urlField);
        String credentials = credentialsField == null ? null : credentialsField.text("the name of its credentials");
        if (credentialsField != null
                && credentials != null
                && !CREDENTIALS_NAME.matcher(credentials).matches()) {
            // What stands here may be the secret itself: it is not shown.
            credentialsField.error(
                    "expected the name of its credentials: at most 64 letters, digits, '_', '-' or '.', found something else",
                    "each process finds user and password by this name; see SHARDSHIFT_CREDENTIALS_DIR");
            return null;
        }
        return url == null || credentials == null ? null : new ShardSpec(url, credentials);
    }

    /** What a slot map places, without the entries that have an error; {@code whole}: none had. */
    record Placed(SortedMap<ShardName, SlotRanges> slots, boolean whole) {}

    /** Null when this is no mapping. */
    static @Nullable Placed slotMap(Value value) {
        SortedMap<ShardName, SlotRanges> slotMap = new TreeMap<>();
        Map<String, Value> entries = entries(value, "slots by shard");
        if (entries == null) {
            return null;
        }
        boolean whole = true;
        BitSet taken = new BitSet();
        for (Map.Entry<String, Value> entry : entries.entrySet()) {
            ShardName name = name(entry.getKey(), entry.getValue());
            SlotRanges slots = entry.getValue().slots();
            if (name == null || slots == null) {
                whole = false;
                continue;
            }
            BitSet twice = slots.toBitSet();
            twice.and(taken);
            if (!twice.isEmpty()) {
                entry.getValue()
                        .error(
                                "expected each slot on one shard, found slots " + SlotRanges.of(twice)
                                        + " on two, one of them " + name,
                                null);
                whole = false;
            }
            taken.or(slots.toBitSet());
            slotMap.put(name, slots);
        }
        return new Placed(slotMap, whole);
    }

    private static @Nullable Map<String, Value> entries(Value value, String what) {
        Map<String, Value> entries = value.entries(what);
        if (entries != null && entries.size() > MAX_SHARDS) {
            value.error("expected at most " + MAX_SHARDS + " shards, found " + entries.size(), null);
            return null;
        }
        return entries;
    }

    private static @Nullable ShardName name(String key, Value entry) {
        try {
            return new ShardName(key);
        } catch (IllegalArgumentException e) {
            entry.error("expected a shard's name: " + Value.abbreviated(String.valueOf(e.getMessage())), null);
            return null;
        }
    }
}
