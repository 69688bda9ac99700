package io.shardshift.controller.apply;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Which fence changes and heartbeats were passed, with all before them done. Only grows. Thread-safe. */
final class Passed {
    /** Fence changes remembered per group: a hand-off and its take-back are four. */
    private static final int REMEMBERED = 32;

    private final Map<GroupId, Deque<Fence>> fences = new HashMap<>();
    private final Map<String, Long> met = new HashMap<>();
    private final Map<GroupId, Map<String, Long>> heartbeats = new HashMap<>();

    synchronized void fence(Fence fence) {
        Deque<Fence> passed = fences.computeIfAbsent(fence.group(), any -> new ArrayDeque<>());
        passed.addLast(fence);
        if (passed.size() > REMEMBERED) {
            passed.removeFirst();
        }
    }

    /** Whether this very change was passed: migration, group, role, term and step are equal [3]. */
    synchronized boolean hasPassed(GroupId group, Role role, long term, long step) {
        Deque<Fence> passed = fences.get(group);
        return passed != null
                && passed.stream()
                        .anyMatch(fence -> fence.role() == role && fence.term() == term && fence.step() == step);
    }

    /** The heartbeat came; what comes before it is perhaps not done. */
    synchronized void met(String purpose, long value) {
        met.merge(purpose, value, Math::max);
    }

    synchronized boolean hasMet(String purpose, long value) {
        return met.getOrDefault(purpose, Long.MIN_VALUE) >= value;
    }

    /** All changes of the group before the heartbeat are done. */
    synchronized void heartbeat(GroupId group, String purpose, long value) {
        heartbeats.computeIfAbsent(group, any -> new HashMap<>()).merge(purpose, value, Math::max);
    }

    /** Whether all changes of the group before a heartbeat of {@code purpose} with {@code value} or more are done. */
    synchronized boolean hasPassed(GroupId group, String purpose, long value) {
        return heartbeats.getOrDefault(group, Map.of()).getOrDefault(purpose, Long.MIN_VALUE) >= value;
    }
}
