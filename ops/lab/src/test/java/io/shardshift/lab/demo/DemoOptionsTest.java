package io.shardshift.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardshift.api.migration.Phase;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.plans.file.PlanReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the demo is told, before it starts anything. */
class DemoOptionsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) throws InterruptedException {
        return DemoMain.execute(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                arguments);
    }

    @ParameterizedTest
    @CsvSource({
        "--rollback-from, COMPLETE, the last is STOP_OLD_WRITES",
        "--rollback-from, BACKFIL, BACKFIL",
        "--backfill, copies, copies",
        "--rows, 0, at least",
        "--agents, 0, at least",
    })
    void refusesWhatItCouldNotRunToItsEnd(String option, String value, String said) throws Exception {
        assertThat(run(option, value)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(said, "Usage: demo");
        assertThat(out.size()).as("nothing was started").isZero();
    }

    @Test
    void whatDoesNotComeToItsEndLeavesASummaryThatSaysSo(@TempDir Path directory) throws Exception {
        Path json = directory.resolve("summary.json");
        Path servers = Files.writeString(directory.resolve("cluster.json"), """
                {"dir": "d", "zookeeper": {"connect": "127.0.0.1:1", "pid": 1}, "mysql": []}""");

        assertThat(run("--cluster", servers.toString(), "--json", json.toString(), "--seed", "7"))
                .isEqualTo(1);

        JsonNode summary = new ObjectMapper().readTree(Files.readString(json));
        assertThat(summary.path("ok").isBoolean()).isTrue();
        assertThat(summary.path("ok").asBoolean()).isFalse();
        assertThat(summary.path("seed").asLong()).isEqualTo(7);
        assertThat(summary.path("error").asText()).contains("names 0 MySQL servers", "needed are 3");
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("names 0 MySQL servers");
    }

    @ParameterizedTest
    @EnumSource(value = Phase.class, names = "COMPLETE", mode = EnumSource.Mode.EXCLUDE)
    void theMigrationWaitsWhereItIsRolledBack(Phase phase) throws Exception {
        MigrationPlan plan = PlanReader.readPlan(
                null,
                "{migration: m, keyspace: k, shards: {a: {url: 'jdbc:mysql://db/k', credentials: c}}, slotMap: {a: 0}, gates: {"
                        + MigrationRun.gateAfter(phase) + ": manual}}");
        assertThat(plan.gates())
                .extracting(gates -> switch (phase) {
                    case PREPARE -> gates.dualWrite();
                    case DUAL_WRITE -> gates.readNewFirst();
                    case READ_NEW_FIRST -> gates.backfill();
                    case BACKFILL -> gates.stopOldWrites();
                    case STOP_OLD_WRITES, COMPLETE -> gates.complete();
                })
                .hasToString("MANUAL");
    }

    @Test
    void itsLimitGrowsWithTheRows() {
        assertThat(MigrationRun.limit(220_000)).isEqualTo(Duration.ofSeconds(460));
        assertThat(MigrationRun.limit(5_000_000)).isGreaterThan(Duration.ofMinutes(80));
    }
}
