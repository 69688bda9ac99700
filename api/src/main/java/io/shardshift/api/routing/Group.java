package io.shardshift.api.routing;

/** Unit of fencing, routing and hand-off: moving slots with one source and one target. Fixed by the plan. */
public record Group(GroupId id, SlotRanges slots, ShardName source, ShardName target) {
    public Group {
        if (source.equals(target) || slots.isEmpty()) {
            throw new IllegalArgumentException("group " + id + " moves " + slots + " from " + source + " to " + target);
        }
    }
}
