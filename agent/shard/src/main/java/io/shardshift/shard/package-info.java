/**
 * How anyone reads and writes a shard. The way in is the port {@link io.shardshift.shard.ShardSession}; what moves rows
 * between shards is {@link io.shardshift.shard.Mirror}, and nothing else does. A session belongs to one thread at a time;
 * nothing here starts a thread, reads a clock but {@code Timing}, or sleeps elsewhere.
 */
@NullMarked
package io.shardshift.shard;

import org.jspecify.annotations.NullMarked;
