package io.shardshift.controller.copy;

import io.shardshift.api.time.Deadline;
import io.shardshift.shard.FenceMismatch;
import io.shardshift.shard.Mirror;
import io.shardshift.shard.Mirror.MirroredGroup;
import io.shardshift.shard.Mirror.Written;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Copies one chunk by the mirror primitive, in sessions of its own. Thread-safe. */
final class Copier implements ChunkHandler {
    /** Far above the target time of a chunk; under it a shard counts as gone. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final WorkContext context;

    Copier(WorkContext context) {
        this.context = context;
    }

    @Override
    public ChunkResult handle(MirroredPair pair, ShardedTable table, Chunk chunk)
            throws ShardException, FenceMismatch, RowsCollide {
        Deadline deadline = context.timing().deadlineIn(PATIENCE);
        try (ShardSession owner = context.sessions().open(pair.source(), Purpose.OWNER, deadline);
                ShardSession mirror = context.sessions().open(pair.target(), Purpose.MIRROR, deadline)) {
            Optional<PrimaryKey> key = chunk.only().isPresent() ? chunk.only() : onlyKeyOf(owner, table, chunk);
            if (key.isPresent()) {
                return new ChunkResult(copyKey(owner, mirror, pair, table, key.get()), 0, 0);
            }
            Written written = Mirror.range(owner, mirror, pair.mirrored(), table, chunk.range());
            return new ChunkResult(written.inserted(), 0, 0);
        }
    }

    /**
     * The key of a chunk that was cut down to one row: a single key may wait for an application's lock, a range may not, and
     * would starve behind a hot row. Empty unless the chunk's end is the very next key: what has come between since is
     * mirrored by its agents.
     */
    private static Optional<PrimaryKey> onlyKeyOf(ShardSession owner, ShardedTable table, Chunk chunk)
            throws ShardException {
        if (chunk.rows() > 1 || !chunk.range().endIncluded()) {
            return Optional.empty();
        }
        Optional<PrimaryKey> next = owner.chunkEnd(table, chunk.range().after(), 1);
        owner.rollback(); // the primitive begins a fresh transaction
        return next.equals(chunk.end()) ? next : Optional.empty();
    }

    private static long copyKey(
            ShardSession owner, ShardSession mirror, MirroredPair pair, ShardedTable table, PrimaryKey key)
            throws ShardException, FenceMismatch, RowsCollide {
        long rows = 0;
        for (MirroredGroup group : pair.mirrored()) { // the row is of one of them; for the others it is nobody's
            rows += Mirror.keys(owner, mirror, group, table, Set.of(key)).rows();
        }
        return rows;
    }
}
