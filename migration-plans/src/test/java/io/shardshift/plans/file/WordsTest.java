package io.shardshift.plans.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.plan.HandoffSpec.OnLongTransaction;
import io.shardshift.api.plan.ShardKeyForm;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
    @Test
    void constantsAreWrittenInCamelCase() {
        assertThat(Words.of(OnLongTransaction.class)).containsExactly("takeBack", "kill");
        assertThat(Words.of(ShardKeyForm.class)).containsExactly("asIs", "asciiLower");
    }

    @ParameterizedTest
    @CsvSource({"kitten, sitting, 3", "auto, atuo, 1", "'', abc, 3", "abc, '', 3", "same, same, 0"})
    void theDistanceIsTheFewestMistakes(String a, String b, int distance) {
        assertThat(Words.distance(a, b)).isEqualTo(distance);
    }

    @Test
    void onlyANearWordIsSuggested() {
        List<String> known = List.of("slots", "slotMap", "shards");
        assertThat(Words.nearest("slotmap", known)).isEqualTo("slotMap");
        assertThat(Words.nearest("slot", known)).isEqualTo("slots");
        assertThat(Words.nearest("columns", known)).isNull();
        assertThat(Words.onlyNearest("slot", known)).isEqualTo("slots");
        assertThat(Words.nearest("shop-o", List.of("shop-1", "shop-2"))).isEqualTo("shop-1");
        assertThat(Words.onlyNearest("shop-o", List.of("shop-1", "shop-2"))).isNull();
        assertThat(Words.nearest("", known)).isNull();
        assertThat(Words.nearest("slots".repeat(100_000), known)).isNull();
    }
}
