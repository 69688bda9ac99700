package io.shardshift.controller.copy;

import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.shard.Mirror.MirroredGroup;
import java.util.BitSet;
import java.util.List;

/**
 * All groups of a migration that move from one source to one target: they are copied and verified together. Immutable.
 *
 * @param sourceSlots slots that the source owned when the migration began; for estimates only
 */
public record MirroredPair(ShardName source, ShardName target, List<Group> groups, int sourceSlots) {
    public MirroredPair {
        groups = List.copyOf(groups);
        for (Group group : groups) {
            if (!group.source().equals(source) || !group.target().equals(target)) {
                throw new IllegalArgumentException(group + " does not move from " + source + " to " + target);
            }
        }
    }

    /** Slots of all groups. */
    public SlotRanges slots() {
        BitSet slots = new BitSet();
        groups.forEach(group -> slots.or(group.slots().toBitSet()));
        return SlotRanges.of(slots);
    }

    /** The groups as they are mirrored in phases 1 to 3: owned by the source. */
    public List<MirroredGroup> mirrored() {
        return groups.stream()
                .map(group -> new MirroredGroup(group.id(), group.slots(), source))
                .toList();
    }

    @Override
    public String toString() {
        return source + " to " + target;
    }
}
