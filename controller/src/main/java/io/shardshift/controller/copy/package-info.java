/**
 * Phase 3's bulk copy: the mirror primitive on ranges of the primary key, many in parallel. The way in is
 * {@link io.shardshift.controller.copy.BulkCopy}; {@link io.shardshift.controller.copy.ChunkedWork} walks tables in chunks for
 * it and for verification. Plain blocking code: the wiring's threads run the workers, the only pauses are the clock port's.
 */
@NullMarked
package io.shardshift.controller.copy;

import org.jspecify.annotations.NullMarked;
