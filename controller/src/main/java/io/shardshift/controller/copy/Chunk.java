package io.shardshift.controller.copy;

import io.shardshift.shard.KeyRange;
import io.shardshift.shard.PrimaryKey;
import java.util.Map;
import java.util.Optional;

/** A part of a table that one worker does at once. Two chunks are equal only if they are the same. Immutable. */
public final class Chunk {
    private final Map<Integer, Long> attempts;
    private final KeyRange range;
    private final Optional<PrimaryKey> only;
    private final int rows;

    private Chunk(Map<Integer, Long> attempts, KeyRange range, Optional<PrimaryKey> only, int rows) {
        this.attempts = attempts;
        this.range = range;
        this.only = only;
        this.rows = rows;
    }

    static Chunk of(Map<Integer, Long> attempts, KeyRange range, int rows) {
        return new Chunk(attempts, range, Optional.empty(), rows);
    }

    /** The last key, alone: its range would lock the supremum, and appends would wait [8]. */
    static Chunk ofKey(Map<Integer, Long> attempts, PrimaryKey key) {
        return new Chunk(attempts, new KeyRange(Optional.of(key), Optional.of(key), false), Optional.of(key), 1);
    }

    /** Attempts, read before this chunk began [34]. */
    Map<Integer, Long> attempts() {
        return attempts;
    }

    /** The range; empty when {@link #only()} is present. */
    public KeyRange range() {
        return range;
    }

    /** The key that the chunk consists of. */
    public Optional<PrimaryKey> only() {
        return only;
    }

    /** About how many rows of any slot it has. */
    public int rows() {
        return rows;
    }

    /** The key up to which all is done when this chunk and those before it are. */
    Optional<PrimaryKey> end() {
        return range.end();
    }

    boolean canBeSplit() {
        return rows > 1 && only.isEmpty();
    }

    @Override
    public String toString() {
        return only.map(key -> "key " + key)
                .orElseGet(() ->
                        "keys after " + range.after().map(PrimaryKey::toString).orElse("the first")
                                + (range.endIncluded() ? " up to " : " before ")
                                + range.end().map(PrimaryKey::toString).orElse("the last"));
    }
}
