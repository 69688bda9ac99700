package io.shardshift.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole story end to end: real controller process, real application processes, real servers; forward, and back. */
class DemoTest {
    @Test
    @Timeout(value = 6, unit = TimeUnit.MINUTES) // two migrations; about one minute on a quiet machine
    void twoWholeMigrationsLoseNothing(@TempDir Path directory) throws Exception {
        DemoOptions options = new DemoOptions();
        options.rows = 3_000;
        options.seconds = 1;
        options.seed = 7;
        options.json = directory.resolve("summary.json");

        boolean ok = DemoMain.run(options, System.out);

        JsonNode summary = new ObjectMapper().readTree(Files.readString(options.json));
        for (JsonNode run : List.of(summary, summary.path("rolledBackRun"))) {
            assertThat(run.path("lostWrites").asLong()).isZero();
            assertThat(run.path("wrongReads").asLong()).isZero();
            assertThat(run.path("applicationErrors").asLong())
                    .as("%s", run.path("examples"))
                    .isZero();
            assertThat(run.path("differences").asLong()).isZero();
            assertThat(run.path("acknowledgedWrites").asLong()).isGreaterThan(100);
        }
        assertThat(summary.path("state").asText()).isEqualTo("COMPLETED");
        assertThat(summary.path("rolledBackRun").path("state").asText()).isEqualTo("ROLLED_BACK");
        List<String> phases = new ArrayList<>();
        summary.path("phases").forEach(phase -> phases.add(phase.path("name").asText()));
        assertThat(phases)
                .containsExactly("PREPARE", "DUAL_WRITE", "READ_NEW_FIRST", "BACKFILL", "STOP_OLD_WRITES", "COMPLETE");
        assertThat(ok).isTrue();
        String reference = Files.readString(Path.of("../../docs/reference.md"));
        for (JsonNode run : List.of(summary, summary.path("rolledBackRun"))) {
            run.fieldNames().forEachRemaining(name -> assertThat(reference).contains("`" + name + "`"));
        }
    }
}
