/**
 * The commands about one migration, and how it is watched: {@link io.shardshift.cli.migration.StatusWatch} on the main
 * thread shows what {@link io.shardshift.cli.migration.StatusFeed} hears on a thread of its own; a bounded queue is between.
 */
@NullMarked
package io.shardshift.cli.migration;

import org.jspecify.annotations.NullMarked;
