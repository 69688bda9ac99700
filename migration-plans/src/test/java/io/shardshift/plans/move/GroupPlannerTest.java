package io.shardshift.plans.move;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GroupPlannerTest {
    private static final MigrationId ID = new MigrationId("m.1");

    @Test
    void theCanaryIsTheFirstGroupAndHasTheLowestSlotsOfOnePair() {
        SlotMap today = Plans.today(100, Map.of("a", "0-99"));
        List<Group> groups = groups(today, Map.of("b", "50-99", "c", "0-9"), new GroupsSpec(2, 4));
        assertThat(groups)
                .extracting(group -> group.id().number() + " " + group.source() + group.target() + " " + group.slots())
                .containsExactly("0 ab 50-51", "1 ab 52-67", "2 ab 68-83", "3 ab 84-99", "4 ac 0-9");
    }

    @Test
    void withoutACanaryAllGroupsAreOfTheRest() {
        SlotMap today = Plans.today(10, Map.of("a", "0-9"));
        assertThat(groups(today, Map.of("b", "0-9"), new GroupsSpec(0, 3)))
                .extracting(group -> group.slots().toString())
                .containsExactly("0-2", "3-5", "6-9");
    }

    @Test
    void thereAreNeverMoreGroupsThanSlots() {
        SlotMap today = Plans.today(4, Map.of("a", "0-3"));
        assertThat(groups(today, Map.of("b", "1-2"), new GroupsSpec(1, 16))).hasSize(2);
        assertThat(groups(today, Map.of("b", "1-2"), new GroupsSpec(5, 16))).hasSize(1);
        assertThat(groups(today, Map.of(), new GroupsSpec(1, 16))).isEmpty();
    }

    @Test
    void thereIsAGroupForEachPairEvenWhenThePlanAsksForFewer() {
        SlotMap today = Plans.today(8, Map.of("a", "0-3", "b", "4-7"));
        List<Group> groups = groups(today, Map.of("c", "0-1, 4-5", "d", "2, 6"), new GroupsSpec(0, 1));
        assertThat(groups)
                .extracting(group -> "" + group.source() + group.target())
                .containsExactly("ac", "ad", "bc", "bd");
    }

    @Property(tries = 500, seed = "1")
    void everyMovingSlotIsInExactlyOneGroupOfItsPair(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 300) int slots,
            @ForAll @IntRange(max = 20) int first,
            @ForAll @IntRange(min = 1, max = 40) int then) {
        Random random = new Random(seed);
        SlotMap today = new SlotMap(slots, anywhere(random, slots, "abc"));
        SlotMap next = new SlotMap(slots, anywhere(random, slots, random.nextBoolean() ? "abcd" : "xyz"));
        MigrationPlan plan = Plans.plan(Map.of(), next.shards(), new GroupsSpec(first, then));
        List<Group> groups = GroupPlanner.groups(ID, today, plan);
        BitSet grouped = new BitSet();
        for (int number = 0; number < groups.size(); number++) {
            Group group = groups.get(number);
            assertThat(group.id()).isEqualTo(new GroupId(ID, number));
            BitSet mine = group.slots().toBitSet();
            assertThat(mine.intersects(grouped)).isFalse();
            grouped.or(mine);
            mine.stream().forEach(slot -> {
                assertThat(today.shardOf(slot)).isEqualTo(group.source());
                assertThat(next.shardOf(slot)).isEqualTo(group.target());
            });
        }
        int moving = 0;
        for (int slot = 0; slot < slots; slot++) {
            boolean moves = !today.shardOf(slot).equals(next.shardOf(slot));
            assertThat(grouped.get(slot)).isEqualTo(moves);
            moving += moves ? 1 : 0;
        }
        countsAreThePlans(groups, moving, first, then);
        assertThat(GroupPlanner.groups(ID, today, plan)).isEqualTo(groups);
    }

    private static void countsAreThePlans(List<Group> groups, int moving, int first, int then) {
        List<Group> further = new ArrayList<>(groups);
        if (first > 0 && !groups.isEmpty()) {
            int canary = further.remove(0).slots().size();
            assertThat(canary).isLessThanOrEqualTo(first);
            assertThat(further.stream().noneMatch(group -> samePair(group, groups.get(0))) || canary == first)
                    .isTrue();
        }
        Set<String> pairs = further.stream().map(GroupPlannerTest::pair).collect(Collectors.toSet());
        int rest = further.stream().mapToInt(group -> group.slots().size()).sum();
        assertThat(further).hasSize(Math.max(pairs.size(), Math.min(then, rest)));
        assertThat(rest).isLessThanOrEqualTo(moving);
        // Groups of one pair differ by one slot at most.
        for (String pair : pairs) {
            List<Integer> sizes = further.stream()
                    .filter(group -> pair(group).equals(pair))
                    .map(group -> group.slots().size())
                    .sorted()
                    .toList();
            assertThat(sizes.get(sizes.size() - 1) - sizes.get(0)).isLessThanOrEqualTo(1);
        }
    }

    private static boolean samePair(Group a, Group b) {
        return pair(a).equals(pair(b));
    }

    private static String pair(Group group) {
        return group.source() + "->" + group.target();
    }

    private static TreeMap<ShardName, SlotRanges> anywhere(Random random, int slots, String shards) {
        TreeMap<ShardName, BitSet> bits = new TreeMap<>();
        int stay = 0;
        ShardName shard = new ShardName("a");
        for (int slot = 0; slot < slots; slot++) {
            if (stay-- <= 0) {
                stay = random.nextInt(10);
                int index = random.nextInt(shards.length());
                shard = new ShardName(shards.substring(index, index + 1));
            }
            bits.computeIfAbsent(shard, name -> new BitSet()).set(slot);
        }
        TreeMap<ShardName, SlotRanges> ranges = new TreeMap<>();
        bits.forEach((name, set) -> ranges.put(name, SlotRanges.of(set)));
        return ranges;
    }

    private static List<Group> groups(SlotMap today, Map<String, String> wanted, GroupsSpec spec) {
        return GroupPlanner.groups(ID, today, Plans.plan(Map.of(), Plans.ranges(wanted), spec));
    }
}
