/**
 * The {@code shardshift} command: a client of the controller's REST API. The way in is {@link
 * io.shardshift.cli.ShardshiftCommand}, and {@link io.shardshift.cli.ShardshiftMain} is its process. All of it runs on the
 * caller's thread, but for the reader of server-sent events in {@code io.shardshift.cli.migration}.
 */
@NullMarked
package io.shardshift.cli;

import org.jspecify.annotations.NullMarked;
