package io.shardshift.plans.move;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** All slots that go from {@code source} to {@code target}; not empty. */
public record Move(ShardName source, ShardName target, SlotRanges slots) {
    /**
     * What turns {@code today} into a map where {@code wanted} slots live as it says: in order of source and target.
     * Throws IllegalArgumentException for a slot that the keyspace has not or that two shards want.
     */
    public static List<Move> between(SlotMap today, Map<ShardName, SlotRanges> wanted) {
        SlotMap next = today.with(wanted);
        List<Move> moves = new ArrayList<>();
        today.shards()
                .forEach((source, before) -> next.shards().forEach((target, after) -> {
                    BitSet slots = before.toBitSet();
                    slots.and(after.toBitSet());
                    if (!source.equals(target) && !slots.isEmpty()) {
                        moves.add(new Move(source, target, SlotRanges.of(slots)));
                    }
                }));
        return List.copyOf(moves);
    }

    /** Targets of each source. */
    static SortedMap<ShardName, List<ShardName>> targetsBySource(List<Move> moves) {
        SortedMap<ShardName, List<ShardName>> targets = new TreeMap<>();
        moves.forEach(move -> targets.computeIfAbsent(move.source(), source -> new ArrayList<>())
                .add(move.target()));
        return targets;
    }

    /** Sources of each target. */
    static SortedMap<ShardName, List<ShardName>> sourcesByTarget(List<Move> moves) {
        SortedMap<ShardName, List<ShardName>> sources = new TreeMap<>();
        moves.forEach(move -> sources.computeIfAbsent(move.target(), target -> new ArrayList<>())
                .add(move.source()));
        return sources;
    }
}
