package io.shardshift.plans.move;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a plan does, in words. It follows from the two slot maps; nobody states it.
 *
 * @param before number of the shards concerned that hold slots before
 * @param after number of those that hold slots after
 * @param moves every source and target with the slots that go
 * @param slots of the keyspace
 */
public record Shape(Kind kind, int before, int after, List<Move> moves, int slots) {
    /** The four shapes; each other one is N_TO_M. */
    public enum Kind {
        /** More shards hold the slots after than before, and each new one gets them from one shard. */
        SPLIT,
        /** Fewer shards hold the slots after than before, and each that gives does so to one shard. */
        MERGE,
        /** As many shards after as before, each giving to one and getting from one. */
        MOVE,
        N_TO_M
    }

    public Shape {
        moves = List.copyOf(moves);
    }

    /** The shape of turning {@code today} into a map where {@code wanted} slots live as it says; something moves. */
    public static Shape of(SlotMap today, Map<ShardName, SlotRanges> wanted) {
        List<Move> moves = Move.between(today, wanted);
        if (moves.isEmpty()) {
            throw new IllegalArgumentException("nothing moves");
        }
        SlotMap next = today.with(wanted);
        Set<ShardName> concerned = new TreeSet<>();
        moves.forEach(move -> concerned.addAll(List.of(move.source(), move.target())));
        int before = holders(today, concerned);
        int after = holders(next, concerned);
        return new Shape(kind(before, after, moves), before, after, moves, today.slots());
    }

    private static int holders(SlotMap map, Set<ShardName> shards) {
        return (int) shards.stream().filter(map.shards()::containsKey).count();
    }

    private static Kind kind(int before, int after, List<Move> moves) {
        boolean oneSourceEach = Move.sourcesByTarget(moves).values().stream().allMatch(sources -> sources.size() == 1);
        boolean oneTargetEach = Move.targetsBySource(moves).values().stream().allMatch(targets -> targets.size() == 1);
        if (after > before && oneSourceEach) {
            return Kind.SPLIT;
        }
        if (after < before && oneTargetEach) {
            return Kind.MERGE;
        }
        return after == before && oneSourceEach && oneTargetEach ? Kind.MOVE : Kind.N_TO_M;
    }

    /** Number of slots that move. */
    public int moving() {
        return moves.stream().mapToInt(move -> move.slots().size()).sum();
    }

    /** One line with the shape, then one for each source and target. */
    public String describe() {
        String name = switch (kind) {
            case SPLIT -> "split, " + before + " to " + after + " shards";
            case MERGE -> "merge, " + before + " to " + after + " shards";
            case MOVE -> "move, " + before + " to " + after + " shards";
            case N_TO_M -> "reshape, " + before + " to " + after + " shards";
        };
        return moves.stream()
                .map(move -> "\n  " + move.source() + " -> " + move.target() + ": "
                        + count(move.slots().size()) + ", " + move.slots())
                .collect(Collectors.joining("", name + ": " + moving() + " of " + count(slots) + " move", ""));
    }

    private static String count(int slots) {
        return slots == 1 ? "1 slot" : slots + " slots";
    }
}
