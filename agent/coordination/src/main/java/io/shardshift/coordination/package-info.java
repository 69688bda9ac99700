/**
 * How anyone talks to ZooKeeper: the port {@link io.shardshift.coordination.Coordination} and its Curator form. Callbacks
 * only put events into the caller's queue; nothing of ours runs in ZooKeeper's thread.
 */
@NullMarked
package io.shardshift.coordination;

import org.jspecify.annotations.NullMarked;
