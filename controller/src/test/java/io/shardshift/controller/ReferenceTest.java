package io.shardshift.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.metrics.MetricNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** docs/reference.md says of each metric what the code says. */
class ReferenceTest {
    @Test
    void eachMetricIsInTheTable() throws IOException {
        assertThat(Files.readAllLines(Path.of("../docs/reference.md")))
                .contains(Arrays.stream(MetricNames.values())
                        .map(name -> "| `" + name.metric() + "` | "
                                + name.kind().name().toLowerCase(Locale.ROOT) + " | "
                                + String.join(", ", name.labels()) + " | " + name.help() + " |")
                        .toArray(String[]::new));
    }
}
