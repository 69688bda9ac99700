package io.shardshift.plans.move;

import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.PriorityQueue;

/** Cuts the moving slots into groups. Called once for a migration; the result is stored, since fences are by group. */
public final class GroupPlanner {
    private GroupPlanner() {}

    /**
     * The groups of {@code plan}, numbered from 0 in the order of the list; each moving slot is in exactly one. With
     * {@code groups.first} above 0 the canary is group 0: that many of the lowest slots of the first source and target
     * in order of name. The rest is cut into {@code groups.then} groups, more only where there are more pairs of source
     * and target, fewer only where there are fewer slots. Deterministic. Throws IllegalArgumentException for a plan that
     * {@link PlanCheck} refuses.
     */
    public static List<Group> groups(MigrationId migration, SlotMap today, MigrationPlan plan) {
        GroupsSpec spec = plan.groups();
        List<Group> groups = new ArrayList<>();
        List<Move> rest = new ArrayList<>(Move.between(today, plan.slotMap()));
        if (spec.first() > 0 && !rest.isEmpty()) {
            Move pair = rest.remove(0);
            int canary = Math.min(spec.first(), pair.slots().size());
            add(groups, migration, pair, byRank(pair.slots(), 0, canary));
            if (canary < pair.slots().size()) {
                SlotRanges left = byRank(pair.slots(), canary, pair.slots().size());
                rest.add(0, new Move(pair.source(), pair.target(), left));
            }
        }
        int[] counts = counts(rest, spec.then());
        for (int i = 0; i < counts.length; i++) {
            Move pair = rest.get(i);
            long size = pair.slots().size();
            for (int part = 0; part < counts[i]; part++) {
                int from = (int) (size * part / counts[i]);
                int to = (int) (size * (part + 1) / counts[i]);
                add(groups, migration, pair, byRank(pair.slots(), from, to));
            }
        }
        return List.copyOf(groups);
    }

    /**
     * How many groups each pair gets: one, then each further one goes to the pair whose groups are largest (D'Hondt), so
     * that the largest group, which bounds the longest hand-off, is as small as the number of groups allows.
     */
    private static int[] counts(List<Move> pairs, int then) {
        int[] counts = new int[pairs.size()];
        PriorityQueue<Integer> largestFirst = new PriorityQueue<>((a, b) -> {
            long sizeOfA = (long) pairs.get(a).slots().size() * counts[b];
            long sizeOfB = (long) pairs.get(b).slots().size() * counts[a];
            return sizeOfA != sizeOfB ? Long.compare(sizeOfB, sizeOfA) : Integer.compare(a, b);
        });
        int slots = 0;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = 1;
            slots += pairs.get(i).slots().size();
            largestFirst.add(i);
        }
        for (int given = pairs.size(); given < Math.min(then, slots); given++) {
            int largest = largestFirst.remove();
            counts[largest]++;
            largestFirst.add(largest);
        }
        return counts;
    }

    /** Slots of {@code slots} by their rank, {@code from} included, {@code to} not. */
    private static SlotRanges byRank(SlotRanges slots, int from, int to) {
        BitSet chosen = new BitSet();
        int rank = 0;
        for (SlotRanges.Range range : slots.ranges()) {
            int size = range.last() - range.first() + 1;
            int first = Math.max(from - rank, 0);
            int end = Math.min(to - rank, size);
            if (first < end) {
                chosen.set(range.first() + first, range.first() + end);
            }
            rank += size;
        }
        return SlotRanges.of(chosen);
    }

    private static void add(List<Group> groups, MigrationId migration, Move pair, SlotRanges slots) {
        groups.add(new Group(new GroupId(migration, groups.size()), slots, pair.source(), pair.target()));
    }
}
