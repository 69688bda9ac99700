/**
 * Phase 3's backfill. The bulk copy is the mirror primitive on ranges of the primary key, many in parallel; its way in is
 * {@link io.shardshift.controller.copy.BulkCopy}. With {@link io.shardshift.controller.copy.StreamCopy} the change stream
 * names the rows instead. {@link io.shardshift.controller.copy.ChunkedWork} walks tables in chunks for
 * it and for verification. Plain blocking code: the wiring's threads run the workers, the only pauses are the clock port's.
 */
@NullMarked
package io.shardshift.controller.copy;

import org.jspecify.annotations.NullMarked;
