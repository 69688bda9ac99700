package io.shardshift.api.routing;

import org.jspecify.annotations.Nullable;

/**
 * What an agent does for a moving group.
 *
 * @param owner the shard that commits writes
 * @param mirror the group's other shard
 * @param mirrored whether a write is mirrored before it is acknowledged: the owner's fence then is OWNER_MIRRORING
 * @param reads shard of every read that holds no fence
 * @param pointReadsFirst where an autocommit point read by primary key looks first (phase 2), else null
 */
public record Route(
        Group group,
        ShardName owner,
        ShardName mirror,
        boolean mirrored,
        ShardName reads,
        @Nullable ShardName pointReadsFirst) {
    public Route {
        requireShardOf(group, owner);
        requireShardOf(group, mirror);
        requireShardOf(group, reads);
        if (owner.equals(mirror)) {
            throw new IllegalArgumentException("owner and mirror of " + group.id() + " are both " + owner);
        }
        if (pointReadsFirst != null) {
            requireShardOf(group, pointReadsFirst);
        }
    }

    private static void requireShardOf(Group group, ShardName shard) {
        if (!shard.equals(group.source()) && !shard.equals(group.target())) {
            throw new IllegalArgumentException(shard + " is neither source nor target of group " + group.id());
        }
    }

    /** The role an agent expects to find at the owner. */
    public Role ownerRole() {
        return mirrored ? Role.OWNER_MIRRORING : Role.OWNER;
    }
}
