/** Where everything lives in ZooKeeper: {@link io.shardshift.api.znode.ZnodePaths}. {@code config/} is written by the leader, {@code status/} by the one it is about. */
@NullMarked
package io.shardshift.api.znode;

import org.jspecify.annotations.NullMarked;
