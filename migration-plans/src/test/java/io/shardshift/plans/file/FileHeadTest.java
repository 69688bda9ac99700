package io.shardshift.plans.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileHeadTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "{keyspace: shop, slots: 4} | KEYSPACE | shop",
                "{keyspace: shop} | KEYSPACE | shop",
                "{migration: m, keyspace: shop} | PLAN | m",
                "{migration: m, slots: 4, tables: all} | PLAN | m",
                "{migraton: m, keyspace: shop, slotMap: {}} | PLAN | -",
                "{keyspace: shop, shards: {}, gates: {}} | PLAN | -",
                "{keyspaec: shop, slots: 4} | KEYSPACE | -",
                "{slots: 4, tables: all} | KEYSPACE | -",
                "{migration: 7} | PLAN | 7",
                "{migration: [m]} | PLAN | -",
                "{keyspace: } | KEYSPACE | -",
                "{apiVersion: v1} | - | -",
                "{} | - | -",
            })
    void theFieldsSayWhatAFileIs(String text, FileHead.@Nullable Kind kind, @Nullable String name)
            throws ProblemException {
        assertThat(FileHead.of("a.yaml", text)).isEqualTo(new FileHead(kind, name));
    }

    @Test
    void whatIsNoMappingIsRefusedWithItsLine() {
        ProblemException refused =
                catchThrowableOfType(ProblemException.class, () -> FileHead.of("a.yaml", "keyspace: shop\nslots: ["));
        assertThat(refused.problem().errors()).hasSize(1);
        assertThat(refused.problem().errors().get(0).line()).isEqualTo(2);
        assertThat(refused.problem().errors().get(0).file()).isEqualTo("a.yaml");
        assertThat(catchThrowableOfType(ProblemException.class, () -> FileHead.of("a.yaml", "[1]")))
                .hasMessageContaining("a.yaml has one error");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "slotMap.shop.1, 3",
                "slotMap.shop, 4",
                "shards.shop.url, 6",
                "shards.other, 5",
                "slotMap, 2",
                "gates.complete, -",
                "'', -",
            })
    void aFieldIsFoundAgainByItsPathOrWhatIsAroundIt(String field, @Nullable Integer line) {
        String text = "migration: m\nslotMap:\n  shop.1: 0-3\n  shop: 4-7\nshards:\n  shop: {url: a}\n";
        assertThat(FieldLines.of(text, field)).isEqualTo(line);
        assertThat(FieldLines.of("[", field)).isNull();
        FieldError error = new FieldError(null, null, field, "m", "s");
        assertThat(FieldLines.filled(text, List.of(error)))
                .containsExactly(new FieldError(null, line, field, "m", "s"));
        assertThat(FieldLines.filled("[", List.of(error))).containsExactly(error);
        FieldError found = new FieldError(null, 77, field, "m", null);
        assertThat(FieldLines.filled(text, List.of(found))).containsExactly(found);
    }
}
