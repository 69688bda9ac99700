package io.shardshift.controller.verify;

import java.util.ArrayList;
import java.util.List;

/** The first differences, up to a bound; how many there are is counted elsewhere. Thread-safe. */
final class DifferenceLog {
    /** Enough to see the pattern; more would only fill the heap. */
    static final int KEPT = 1_000;

    private final List<Difference> first = new ArrayList<>();

    /** Goes on after {@code earlier}, at most {@value #KEPT}. */
    DifferenceLog(List<Difference> earlier) {
        first.addAll(earlier);
    }

    synchronized void add(List<Difference> found) {
        first.addAll(found.subList(0, Math.min(found.size(), KEPT - first.size())));
    }

    synchronized List<Difference> all() {
        return List.copyOf(first);
    }
}
