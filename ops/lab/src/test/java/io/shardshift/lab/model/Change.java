package io.shardshift.lab.model;

import java.util.List;

/**
 * A statement that changes rows of one user.
 *
 * @param duplicate whether it must fail with a duplicate key, and change nothing
 * @param keys whether generated keys are asked for
 */
record Change(SqlCall call, boolean duplicate, boolean keys, Effect effect) {
    static final int ANY_COUNT = -1;

    /** What the statement makes of the rows. */
    @FunctionalInterface
    interface Effect {
        /** Applies it; answers the update count that it must report, or {@link #ANY_COUNT}. */
        int apply(UserRows rows, List<Long> keys);
    }

    static Change of(SqlCall call, Effect effect) {
        return new Change(call, false, false, effect);
    }
}
