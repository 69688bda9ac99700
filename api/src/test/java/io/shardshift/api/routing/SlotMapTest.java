package io.shardshift.api.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SlotMapTest {
    private static final ShardName A = new ShardName("a");
    private static final ShardName B = new ShardName("b");
    private static final ShardName C = new ShardName("c");

    @Test
    void eachSlotIsOnExactlyOneShard() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> map(8, Map.of(A, "0-3", B, "3-7")))
                .withMessageContaining("slot 3 is on two shards");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> map(8, Map.of(A, "0-3", B, "5-7")))
                .withMessageContaining("slot 4 is on no shard");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> map(8, Map.of(A, "0-8")))
                .withMessageContaining("the last one is 7");
        assertThatIllegalArgumentException().isThrownBy(() -> map(0, Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> map(SlotMap.MAX_SLOTS + 1, Map.of(A, "0-65535")));
    }

    @Test
    void aChangeMovesTheSlotsThatItNamesAndNoOther() {
        SlotMap map = map(8, Map.of(A, "0-3", B, "4-7"));
        SlotMap next = map.with(Map.of(C, SlotRanges.parse("2-5")));
        assertThat(next).isEqualTo(map(8, Map.of(A, "0-1", B, "6-7", C, "2-5")));
        assertThat(next.shardOf(1)).isEqualTo(A);
        assertThat(next.shardOf(5)).isEqualTo(C);
        assertThatIllegalArgumentException().isThrownBy(() -> next.shardOf(8));
    }

    @Test
    void aShardThatLostItsLastSlotIsGone() {
        SlotMap merged = map(2, Map.of(A, "0", B, "1")).with(Map.of(A, SlotRanges.parse("1")));
        assertThat(merged.shards()).containsOnlyKeys(A);
    }

    @Test
    void twoShardsCannotWantOneSlot() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        map(2, Map.of(A, "0-1")).with(Map.of(B, SlotRanges.parse("0"), C, SlotRanges.parse("0-1"))))
                .withMessageContaining("slot 0 is on two shards");
    }

    private static SlotMap map(int slots, Map<ShardName, String> shards) {
        SortedMap<ShardName, SlotRanges> ranges = new TreeMap<>();
        shards.forEach((shard, text) -> ranges.put(shard, SlotRanges.parse(text)));
        return new SlotMap(slots, ranges);
    }
}
