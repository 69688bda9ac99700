package io.shardshift.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Each benchmark runs to its end and gives finite ratios; how large they are is not a test's matter. */
class BenchTest {
    @EnabledIfSystemProperty(named = "shardshift.long", matches = "true") // CONTRIBUTING says how to run it
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void everyBenchmarkRunsToItsEnd(@TempDir Path directory) throws Exception {
        BenchOptions options = new BenchOptions();
        options.rows = 2_000;
        options.rounds = 1;
        options.seconds = 0.2;
        options.rate = 50;
        options.json = directory.resolve("bench.json");

        BenchMain.run(
                List.of(new CopyBenchmark(), new HandoffBenchmark(), new AgentBenchmark(), new HeapBenchmark()),
                options,
                System.out);

        JsonNode results =
                new ObjectMapper().readTree(Files.readString(options.json)).path("benchmarks");
        assertThat(results).hasSize(4);
        for (JsonNode result : results) {
            assertThat(result.path("comparisons")).isNotEmpty();
            for (JsonNode comparison : result.path("comparisons")) {
                assertThat(comparison.path("medianRatio").asDouble())
                        .as("%s", comparison)
                        .isFinite()
                        .isNotNegative();
                assertThat(comparison.path("rounds")).isNotEmpty();
            }
        }
    }
}
