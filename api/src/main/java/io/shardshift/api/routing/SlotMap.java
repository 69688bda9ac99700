package io.shardshift.api.routing;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.BitSet;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The steady-state routing table of a keyspace: each slot from 0 to {@code slots - 1} lives on exactly one shard. */
public record SlotMap(int slots, SortedMap<ShardName, SlotRanges> shards) {
    public static final int MAX_SLOTS = 65_536;

    @JsonCreator
    public SlotMap(@JsonProperty("slots") int slots, @JsonProperty("shards") SortedMap<ShardName, SlotRanges> shards) {
        if (slots < 1 || slots > MAX_SLOTS) {
            throw new IllegalArgumentException("slots is from 1 to " + MAX_SLOTS + ", found " + slots);
        }
        SortedMap<ShardName, SlotRanges> copy = new TreeMap<>();
        BitSet seen = new BitSet(slots);
        shards.forEach((shard, ranges) -> {
            BitSet mine = ranges.toBitSet();
            if (mine.length() > slots) {
                throw new IllegalArgumentException(
                        shard + " has slot " + (mine.length() - 1) + "; the last one is " + (slots - 1));
            }
            if (mine.intersects(seen)) {
                mine.and(seen);
                throw new IllegalArgumentException("slot " + mine.nextSetBit(0) + " is on two shards, one is " + shard);
            }
            seen.or(mine);
            if (!mine.isEmpty()) {
                copy.put(shard, ranges);
            }
        });
        if (seen.cardinality() != slots) {
            throw new IllegalArgumentException("slot " + seen.nextClearBit(0) + " is on no shard");
        }
        this.slots = slots;
        this.shards = Collections.unmodifiableSortedMap(copy);
    }

    /** This map with the slots of {@code changes} moved to the shards they name; slots not named stay. */
    public SlotMap with(Map<ShardName, SlotRanges> changes) {
        BitSet changed = new BitSet();
        SortedMap<ShardName, BitSet> next = new TreeMap<>();
        changes.forEach((shard, ranges) -> {
            BitSet mine = ranges.toBitSet();
            if (mine.intersects(changed)) {
                mine.and(changed);
                throw new IllegalArgumentException("slot " + mine.nextSetBit(0) + " is on two shards, one is " + shard);
            }
            changed.or(mine);
            next.put(shard, mine);
        });
        shards.forEach((shard, ranges) -> {
            BitSet kept = ranges.toBitSet();
            kept.andNot(changed);
            next.computeIfAbsent(shard, name -> new BitSet()).or(kept);
        });
        SortedMap<ShardName, SlotRanges> result = new TreeMap<>();
        next.forEach((shard, bits) -> result.put(shard, SlotRanges.of(bits)));
        return new SlotMap(slots, result);
    }

    /** The shard of {@code slot}. Linear in the number of shards: for the hot path see {@link RouteTable}. */
    public ShardName shardOf(int slot) {
        for (Map.Entry<ShardName, SlotRanges> entry : shards.entrySet()) {
            if (entry.getValue().contains(slot)) {
                return entry.getKey();
            }
        }
        throw new IllegalArgumentException("no slot " + slot + " among " + slots);
    }
}
