package io.shardshift.controller.copy;

import io.shardshift.api.problem.ProblemException;
import io.shardshift.shard.FenceMismatch;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardedTable;

/** What is done with each chunk; doing one twice is harmless. Thread-safe: many chunks at once. */
@FunctionalInterface
public interface ChunkHandler {
    /** Throws when the chunk is not wholly done: {@link ChunkedWork} then decides by the kind of the exception. */
    ChunkResult handle(MirroredPair pair, ShardedTable table, Chunk chunk)
            throws ShardException, FenceMismatch, RowsCollide, ProblemException, InterruptedException;
}
