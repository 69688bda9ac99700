package io.shardshift.agent.sql;

import java.util.List;

/**
 * A SQL text made from an original, and where the value of each of its {@code ?} comes from, in order.
 */
public record Rewritten(String sql, List<Source> parameters) {

    /** Copies the list. */
    public Rewritten {
        parameters = List.copyOf(parameters);
    }

    /** Where the value of a marker comes from. */
    public sealed interface Source {
        /** The original's parameter with this index; the first is 1. */
        record Original(int index) implements Source {}

        /** Column {@code column} of key {@code key} of the keys that the caller gives; both begin at 0. */
        record Key(int key, int column) implements Source {}
    }
}
