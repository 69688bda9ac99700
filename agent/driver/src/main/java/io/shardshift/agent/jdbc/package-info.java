/**
 * The JDBC surface: {@link io.shardshift.agent.jdbc.ShardshiftDriver} and {@link io.shardshift.agent.jdbc.ShardshiftDataSource}
 * are the ways in. An application's connection is a {@link io.shardshift.agent.jdbc.ApplicationSession} behind a thin
 * {@code java.lang.reflect.Proxy}; only {@code SQLException} leaves. A session is used by one thread at a time, as in JDBC.
 */
@NullMarked
package io.shardshift.agent.jdbc;

import org.jspecify.annotations.NullMarked;
