/**
 * The one place that changes fences and holds, in the leader's name: {@link io.shardshift.controller.fence.FenceChanger} for
 * one packet on one shard, {@link io.shardshift.controller.fence.GroupFences} for a group's pair under an intent.
 */
@NullMarked
package io.shardshift.controller.fence;

import org.jspecify.annotations.NullMarked;
