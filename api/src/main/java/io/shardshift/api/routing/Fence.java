package io.shardshift.api.routing;

/**
 * The fence row of a group on one shard. {@code serverUuid} is the server it was stamped for; {@code term} and {@code step}
 * are the controllers' and only ever grow.
 */
public record Fence(GroupId group, Role role, ShardName peer, String serverUuid, long term, long step) {}
