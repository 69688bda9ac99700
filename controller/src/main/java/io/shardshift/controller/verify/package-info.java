/**
 * Verification: checksums computed in the servers, chunk by chunk; what differs is looked at again under locks, reported with
 * both values and repaired by the mirror primitive. The way in is {@link io.shardshift.controller.verify.Verification}; the
 * wiring's threads run its workers.
 */
@NullMarked
package io.shardshift.controller.verify;

import org.jspecify.annotations.NullMarked;
