package io.shardshift.controller.copy;

import java.time.Duration;

/**
 * Rows of the next chunk, so that one takes about the target time: {@code size * target / taken}, changed by at most a
 * factor of two at once, for one slow commit says little. Only a chunk of the present size counts: chunks that were begun
 * together are slow together, and would each halve what the one before has halved. Bounded above in bytes by the table's
 * mean row, so that what all workers hold in memory is bounded whatever the table. Not thread-safe: guarded by its
 * {@link TableTask}.
 */
final class ChunkSize {
    /** Rows that are held at once by one worker take about this much; several copies of it exist on the way. */
    private static final long MAX_BYTES = 8L << 20;

    /** Where to begin: small enough for a slow shard, a few doublings from what a quick one takes. */
    private static final int FIRST_ROWS = 500;

    /** Where to begin and end when nothing is known about the size of rows, which may be large objects. */
    private static final int FIRST_ROWS_UNKNOWN = 50;

    private static final int MAX_ROWS_UNKNOWN = 2_000;

    /**
     * Under this a chunk's time is its round trips and its commit, and fewer rows make it no shorter: a busy server on which
     * those alone take the target time would be copied row by row. At 100 microseconds a row it is 20 ms.
     */
    private static final int FEW_ROWS = 200;

    /** So slow that few rows must be the reason: wide rows, many indexes, a sick server. */
    private static final int SLOW = 5;

    private final long targetNanos;
    private int mostRows = MAX_ROWS_UNKNOWN;
    private double rows = FIRST_ROWS_UNKNOWN;

    ChunkSize(Duration target) {
        this.targetNanos = target.toNanos();
    }

    /** What the server says about the mean row. */
    void rowsAreAbout(long bytesPerRow, int limitRows) {
        mostRows = (int) Math.max(1, Math.min(limitRows, MAX_BYTES / Math.max(1, bytesPerRow)));
        rows = Math.min(FIRST_ROWS, mostRows);
    }

    int rows() {
        return (int) Math.max(1, Math.min(mostRows, rows));
    }

    void took(int chunkRows, long nanos) {
        if (chunkRows != rows()) {
            return; // of an earlier size, or a part of a chunk that was cut: its fixed cost weighs too much
        }
        double factor = Math.max(0.5, Math.min(2, (double) targetNanos / Math.max(1, nanos)));
        double least = nanos > SLOW * targetNanos ? 1 : Math.min(rows, FEW_ROWS);
        rows = Math.max(least, Math.min(mostRows, rows * factor));
    }
}
