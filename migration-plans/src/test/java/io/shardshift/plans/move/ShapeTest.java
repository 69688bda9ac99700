package io.shardshift.plans.move;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.shardshift.api.routing.SlotMap;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "a=0-7; b=0-3 c=4-7; SPLIT; 1; 2",
                "a=0-7; b=4-7; SPLIT; 1; 2",
                "a=0-7; b=5; SPLIT; 1; 2",
                "a=0-3 b=4-7; c=2-3 d=6-7; SPLIT; 2; 4",
                "a=0-3 b=4-7; a=4-7; MERGE; 2; 1",
                "a=0-3 b=4-7; c=0-7; MERGE; 2; 1",
                "a=0-7; b=0-7; MOVE; 1; 1",
                "a=0-3 b=4-7; c=0-3; MOVE; 1; 1",
                "a=0-5 b=6-7; b=4-5; MOVE; 2; 2",
                "a=0-3 b=4-7; c=0-1,4-5 d=2-3,6-7; N_TO_M; 2; 2",
                "a=0-3 b=4-7; c=0,4 d=1,5 e=2-3,6-7; N_TO_M; 2; 3"
            })
    void theShapeFollowsFromTheTwoSlotMaps(String today, String wanted, Shape.Kind kind, int before, int after) {
        Shape shape = Shape.of(map(today), Plans.ranges(shards(wanted)));
        assertThat(shape.kind()).isEqualTo(kind);
        assertThat(shape.before()).isEqualTo(before);
        assertThat(shape.after()).isEqualTo(after);
    }

    @Test
    void itIsToldInWords() {
        assertThat(Shape.of(map("a=0-7"), Plans.ranges(shards("b=0-2 c=7"))).describe())
                .isEqualTo("split, 1 to 3 shards: 4 of 8 slots move\n  a -> b: 3 slots, 0-2\n  a -> c: 1 slot, 7");
    }

    @Test
    void nothingHasNoShape() {
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.of(map("a=0-7"), Plans.ranges(shards("a=3"))));
    }

    private static SlotMap map(String shards) {
        return Plans.today(8, shards(shards));
    }

    private static Map<String, String> shards(String text) {
        return Arrays.stream(text.strip().split(" ", -1))
                .map(part -> part.split("=", 2))
                .collect(Collectors.toMap(part -> part[0], part -> part[1]));
    }
}
