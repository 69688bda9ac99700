/**
 * What the controller keeps in ZooKeeper: small, versioned, written by the leader alone. Each write is a transaction that
 * checks the leader's term. One small class for each kind of thing; start at {@link io.shardshift.controller.store.LeaderStore}.
 */
@NullMarked
package io.shardshift.controller.store;

import org.jspecify.annotations.NullMarked;
