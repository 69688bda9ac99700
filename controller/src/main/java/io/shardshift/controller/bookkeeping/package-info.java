/**
 * All that is written to a shard besides rows, fences and agents' own rows: bookkeeping tables, DDL on targets, emptying,
 * heartbeats, expulsions, KILL. Each class is one such thing, and every method is harmless to repeat. The way in is the class
 * named like what is wanted. Stateless; a connection is used by one thread at a time.
 */
@NullMarked
package io.shardshift.controller.bookkeeping;

import org.jspecify.annotations.NullMarked;
