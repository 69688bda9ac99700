package io.shardshift.controller.apply;

import io.shardshift.controller.stream.ChangeEvent.HeartbeatSeen;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;

/**
 * Heartbeats that were met and before which not all is done. Each group passes one by itself: a group that waits for its
 * mirror holds no other back [12].
 */
final class Heartbeats {
    /** Of one purpose; beyond it the newest stands for the one before it, which is then passed a little late. */
    private static final int MOST = 64;

    private record Beat(long sequence, HeartbeatSeen event) {}

    private final Deque<Beat> waiting = new ArrayDeque<>();

    void add(long sequence, HeartbeatSeen event) {
        if (waiting.size() >= MOST) {
            dropNewest(event.purpose());
        }
        waiting.addLast(new Beat(sequence, event));
    }

    private void dropNewest(String purpose) {
        for (Iterator<Beat> newestFirst = waiting.descendingIterator(); newestFirst.hasNext(); ) {
            if (newestFirst.next().event().purpose().equals(purpose)) {
                newestFirst.remove();
                return;
            }
        }
    }

    /** Tells {@code passed} which groups have done all that comes before a heartbeat, and forgets what all have passed. */
    void report(Collection<GroupLane> lanes, Passed passed) {
        if (waiting.isEmpty()) {
            return;
        }
        long oldestUndone = GroupLane.NOTHING;
        for (GroupLane lane : lanes) {
            long undone = lane.oldestSequence();
            oldestUndone = Math.min(oldestUndone, undone);
            for (Beat beat : waiting) {
                if (beat.sequence() >= undone) {
                    break;
                }
                passed.heartbeat(
                        lane.group().id(), beat.event().purpose(), beat.event().value());
            }
        }
        while (!waiting.isEmpty() && waiting.getFirst().sequence() < oldestUndone) {
            waiting.removeFirst();
        }
    }
}
