/**
 * Keeps mirrors equal to their owners from a shard's change stream. The way in is
 * {@link io.shardshift.controller.apply.StreamWorker}, one per shard: its {@code run} is plain blocking code on a thread of
 * the caller's; all else may be asked from any thread. Forward and reverse are the same code.
 */
@NullMarked
package io.shardshift.controller.apply;

import org.jspecify.annotations.NullMarked;
