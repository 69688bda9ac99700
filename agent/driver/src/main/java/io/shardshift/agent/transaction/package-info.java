/**
 * How an application's transaction is kept safe: {@link io.shardshift.agent.transaction.WritingTransaction} is steps 1 to 5
 * of the protocol, {@link io.shardshift.agent.transaction.FenceWait} how a caller waits before it has begun. Plain blocking
 * code over the ports; one thread per transaction.
 */
@NullMarked
package io.shardshift.agent.transaction;

import org.jspecify.annotations.NullMarked;
