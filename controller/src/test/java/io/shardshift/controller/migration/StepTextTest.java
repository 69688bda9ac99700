package io.shardshift.controller.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.migration.Phase;
import io.shardshift.api.migration.StepText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each step is explained to whoever watches it, and in the README. */
class StepTextTest {
    @ParameterizedTest
    @EnumSource
    void eachStepHasItsWords(Step step) {
        StepText text = Objects.requireNonNull(StepText.of(step.name()), step.name());
        assertThat(text.phase()).isEqualTo(step.phase());
        assertThat(text.does()).isNotBlank();
        assertThat(text.goesOn()).isNotBlank();
        assertThat(text.application()).isNotBlank();
    }

    @Test
    void noOtherStepHasAny() {
        assertThat(StepText.values()).hasSameSizeAs(Step.values());
        assertThat(StepText.of("A_LATER_STEP")).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void theReadmeListsTheStepsOfThePhase(Phase phase) throws IOException {
        String row = Files.readAllLines(Path.of("../README.md")).stream()
                .filter(line -> line.startsWith("| " + phase + " |"))
                .findFirst()
                .orElseThrow();
        for (Step step : MigrationStateMachine.wayForward()) {
            if (step.phase() == phase) {
                assertThat(row).contains("`" + step + "`");
            } else {
                assertThat(row).doesNotContain("`" + step + "`");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theReadmeNamesEachStep(Step step) throws IOException {
        assertThat(Files.readString(Path.of("../README.md"))).contains("`" + step + "`");
    }
}
