package io.shardshift.controller.apply;

import io.shardshift.api.routing.Fence;
import io.shardshift.controller.stream.StreamPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From what is not done to the newest position before which everything is. Keeps some positions, not all: going back to an
 * older one than needed is harmless, for applying is idempotent.
 */
final class Checkpoints {
    /** Positions kept while one group waits for long; beyond it every other one is let go. */
    private static final int MOST = 256;

    /** The position after event {@code sequence}, and the fences as of it [2]. */
    record Checkpoint(long sequence, StreamPosition position, List<Fence> fences) {}

    private Deque<Checkpoint> ahead = new ArrayDeque<>();
    private @Nullable Checkpoint done;

    void add(long sequence, StreamPosition position, List<Fence> fences) {
        ahead.addLast(new Checkpoint(sequence, position, fences));
        if (ahead.size() > MOST) {
            List<Checkpoint> all = new ArrayList<>(ahead);
            Deque<Checkpoint> fewer = new ArrayDeque<>();
            for (int i = 0; i < all.size(); i++) {
                if (i % 2 == 0 || i == all.size() - 1) {
                    fewer.addLast(all.get(i));
                }
            }
            ahead = fewer;
        }
    }

    /** Everything before event {@code oldestUndone} is done; answers the newest such position, null while there is none. */
    @Nullable
    Checkpoint advance(long oldestUndone) {
        while (!ahead.isEmpty() && ahead.getFirst().sequence() < oldestUndone) {
            done = ahead.removeFirst();
        }
        return done;
    }
}
