package io.shardshift.controller.verify;

import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.copy.Chunk;
import io.shardshift.controller.copy.ChunkHandler;
import io.shardshift.controller.copy.ChunkResult;
import io.shardshift.controller.copy.MirroredPair;
import io.shardshift.controller.copy.WorkContext;
import io.shardshift.shard.FenceMismatch;
import io.shardshift.shard.KeyRange;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.RangeChecksum;
import io.shardshift.shard.Row;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSession.RowLock;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Compares one chunk. Checksums by plain reads first; where they differ, pieces of it, then the rows of a piece; a key whose
 * rows differ there is only suspected, for writes are in flight, and {@link KeyRecheck} decides. Thread-safe.
 */
final class Verifier implements ChunkHandler {
    /** Checksums of a chunk, and the rows of a piece: plain reads, so only the server's load bounds them. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Rows of one side that are read into memory at once, at least; wide rows make chunks, so pieces, smaller. */
    private static final int PIECE_ROWS = 200;

    private final WorkContext context;
    private final KeyRecheck recheck;

    private record TableOfPair(MirroredPair pair, ShardedTable table) {}

    /** Differences not yet counted by a finished chunk: one that is cut off half-way finds its repaired keys equal later. */
    private final Map<TableOfPair, ChunkResult> found = new ConcurrentHashMap<>();

    Verifier(WorkContext context, KeyRecheck recheck) {
        this.context = context;
        this.recheck = recheck;
    }

    @Override
    public ChunkResult handle(MirroredPair pair, ShardedTable table, Chunk chunk)
            throws ShardException, FenceMismatch, RowsCollide, InterruptedException {
        Set<PrimaryKey> suspects = new LinkedHashSet<>();
        Deadline deadline = context.timing().deadlineIn(PATIENCE);
        long rows;
        try (ShardSession source = context.sessions().open(pair.source(), Purpose.PLAIN, deadline);
                ShardSession target = context.sessions().open(pair.target(), Purpose.PLAIN, deadline)) {
            Comparison comparison = new Comparison(source, target, table, pair.slots());
            rows = comparison.compare(chunk.range(), chunk.rows(), suspects);
        }
        TableOfPair place = new TableOfPair(pair, table);
        for (PrimaryKey key : suspects) {
            KeyRecheck.Verdict verdict = recheck.decide(pair, table, key);
            if (verdict != KeyRecheck.Verdict.EQUAL) {
                found.merge(
                        place, new ChunkResult(0, 1, verdict == KeyRecheck.Verdict.REPAIRED ? 1 : 0), Verifier::sum);
            }
        }
        ChunkResult counted = found.remove(place);
        return counted == null ? new ChunkResult(rows, 0, 0) : sum(counted, new ChunkResult(rows, 0, 0));
    }

    private static ChunkResult sum(ChunkResult one, ChunkResult other) {
        return new ChunkResult(
                one.rows() + other.rows(), one.differences() + other.differences(), one.repaired() + other.repaired());
    }

    /** One pair of sessions with plain reads; each read sees what is committed at its time. */
    private record Comparison(ShardSession source, ShardSession target, ShardedTable table, SlotRanges slots) {
        /** Adds the keys whose rows seem to differ; answers how many rows the source has. */
        long compare(KeyRange range, int chunkRows, Set<PrimaryKey> suspects) throws ShardException {
            RangeChecksum atSource = checksum(source, range);
            RangeChecksum atTarget = checksum(target, range);
            if (atSource.equals(atTarget)) {
                return atSource.rows();
            }
            int pieceRows = Math.max(1, Math.min(PIECE_ROWS, chunkRows));
            // The side with more rows makes the pieces: a chunk by the source's keys may hold any number at the target.
            ShardSession larger = atTarget.rows() > atSource.rows() ? target : source;
            Optional<PrimaryKey> after = range.after();
            while (true) {
                KeyRange rest = new KeyRange(after, range.end(), range.endIncluded());
                Optional<PrimaryKey> bound = checksum(larger, rest).rows() <= pieceRows
                        ? Optional.empty()
                        : chunkEnd(larger, after, pieceRows);
                if (bound.isEmpty()) {
                    comparePiece(rest, suspects);
                    return atSource.rows();
                }
                comparePiece(new KeyRange(after, bound, true), suspects);
                after = bound;
            }
        }

        private void comparePiece(KeyRange piece, Set<PrimaryKey> suspects) throws ShardException {
            if (checksum(source, piece).equals(checksum(target, piece))) {
                return;
            }
            Map<PrimaryKey, Row> sourceRows = rows(source, piece);
            Map<PrimaryKey, Row> targetRows = rows(target, piece);
            sourceRows.forEach((key, row) -> {
                if (!row.equals(targetRows.get(key))) { // bytes, never collation [7]
                    suspects.add(key);
                }
            });
            targetRows.keySet().stream()
                    .filter(key -> !sourceRows.containsKey(key))
                    .forEach(suspects::add);
        }

        private Map<PrimaryKey, Row> rows(ShardSession session, KeyRange piece) throws ShardException {
            Map<PrimaryKey, Row> rows = new HashMap<>();
            session.begin(Isolation.READ_COMMITTED);
            session.readRange(table, piece, slots, RowLock.NONE).forEach(row -> rows.put(table.key(row), row));
            session.rollback();
            return rows;
        }

        private RangeChecksum checksum(ShardSession session, KeyRange range) throws ShardException {
            session.begin(Isolation.READ_COMMITTED);
            RangeChecksum checksum = session.checksum(table, range, slots);
            session.rollback();
            return checksum;
        }

        private Optional<PrimaryKey> chunkEnd(ShardSession session, Optional<PrimaryKey> after, int rows)
                throws ShardException {
            session.begin(Isolation.READ_COMMITTED);
            Optional<PrimaryKey> end = session.chunkEnd(table, after, rows);
            session.rollback();
            return end;
        }
    }
}
