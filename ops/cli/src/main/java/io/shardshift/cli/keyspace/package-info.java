/**
 * The commands about keyspaces and their agents. One class for each command; main thread only.
 */
@NullMarked
package io.shardshift.cli.keyspace;

import org.jspecify.annotations.NullMarked;
