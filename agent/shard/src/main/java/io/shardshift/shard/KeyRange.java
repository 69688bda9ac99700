package io.shardshift.shard;

import java.util.Optional;

/**
 * Keys after {@code after} up to {@code end}. A chunk that ends with an existing key includes it; the last one leaves it out
 * and is followed by that key alone, else the supremum would be locked and appends wait [8].
 *
 * @param after exclusive lower bound, empty: from the first key
 * @param end upper bound, empty: to the last key (only for reads and deletes that lock nothing others need)
 */
public record KeyRange(Optional<PrimaryKey> after, Optional<PrimaryKey> end, boolean endIncluded) {
    public static final KeyRange ALL = new KeyRange(Optional.empty(), Optional.empty(), true);

    /** Whether it has a bound, and so needs keys that can be compared. */
    public boolean hasBounds() {
        return after.isPresent() || end.isPresent();
    }
}
