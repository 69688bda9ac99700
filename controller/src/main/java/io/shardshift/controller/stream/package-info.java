/**
 * The change stream of a shard, as a port: every committed row change and every change of a fence, in binlog order. The way
 * in is {@link io.shardshift.controller.stream.ChangeStreams#open}; the real form is Debezium, embedded. A stream belongs to
 * the thread that polls it; Debezium's own threads run on the executor that the wiring hands over and only fill a bounded
 * queue.
 */
@NullMarked
package io.shardshift.controller.stream;

import org.jspecify.annotations.NullMarked;
