package io.shardshift.controller.apply;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Which fence changes were passed and which heartbeats came through. Only grows. Thread-safe. */
final class Passed {
    /** Fence changes remembered per group: a hand-off and its take-back are four. */
    private static final int REMEMBERED = 32;

    private final Map<GroupId, Deque<Fence>> fences = new HashMap<>();
    private final Map<String, Long> heartbeats = new HashMap<>();

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

    synchronized void heartbeat(String purpose, long value) {
        heartbeats.merge(purpose, value, Math::max);
    }

    synchronized boolean hasSeen(String purpose, long value) {
        Long seen = heartbeats.get(purpose);
        return seen != null && seen >= value;
    }
}
