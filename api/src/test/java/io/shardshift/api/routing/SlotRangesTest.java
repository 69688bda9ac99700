package io.shardshift.api.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlotRangesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0-511, 600; 0-511, 600",
                "7; 7",
                "3 - 5 ,1,2; 1-5",
                "65535; 65535",
                "9,8,7; 7-9",
            })
    void textIsReadIntoSortedDisjointRanges(String text, String canonical) {
        assertThat(SlotRanges.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "1-",
                "-1",
                "5-3",
                "1,,2",
                "1-5, 3",
                "0-65536",
                "99999999999",
                "0-2147483647",
                "1;2",
                "1\u2028"
            })
    void whatIsNoSlotIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SlotRanges.parse(text));
    }

    @Test
    void rangesThatTouchAreNotARecord() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SlotRanges(List.of(new SlotRanges.Range(0, 3), new SlotRanges.Range(4, 5))));
    }

    @Property(seed = "1")
    void aSetOfSlotsComesThroughTextUnchanged(@ForAll @Size(max = 60) Set<@IntRange(max = 200) Integer> slots) {
        BitSet bits = new BitSet();
        slots.forEach(bits::set);
        SlotRanges ranges = SlotRanges.of(bits);
        assertThat(SlotRanges.parse(ranges.toString())).isEqualTo(ranges);
        assertThat(ranges.toBitSet()).isEqualTo(bits);
        assertThat(ranges.size()).isEqualTo(slots.size());
        for (int slot = 0; slot <= 201; slot++) {
            assertThat(ranges.contains(slot)).isEqualTo(slots.contains(slot));
        }
    }
}
