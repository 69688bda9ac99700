package io.shardshift.cli;

import static io.shardshift.cli.CommandRun.recorded;
import static io.shardshift.cli.ControllerPeer.hangUp;
import static io.shardshift.cli.ControllerPeer.json;
import static io.shardshift.cli.ControllerPeer.stream;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class StatusWatchTest {
    private static final String STATUS = "GET /api/v1/migrations/shop-1-to-2";
    private static final String EVENTS = STATUS + "/events";

    private final ControllerPeer peer = new ControllerPeer();

    @AfterEach
    void close() {
        peer.close();
    }

    private static String state(String phase, String state) {
        return "{\"name\": \"shop-1-to-2\", \"phase\": \"" + phase + "\", \"state\": \"" + state + "\"}";
    }

    private static String event(int id, String data) {
        return "id: " + id + "\nevent: status\ndata: " + data + "\n\n";
    }

    private CommandRun watch(String... more) {
        String[] args = new String[3 + more.length];
        args[0] = "status";
        args[1] = "shop-1-to-2";
        args[2] = "--watch";
        System.arraycopy(more, 0, args, 3, more.length);
        return CommandRun.of(peer, args);
    }

    @ParameterizedTest
    @CsvSource({"COMPLETED, 0", "ROLLED_BACK, 0", "FAILED, 1"})
    void endsWithTheMigration(String end, int exitCode) {
        peer.on(STATUS, json(200, state("PREPARE", "RUNNING")));
        peer.on(
                EVENTS,
                peer.openStream(": hello\n\n" + event(1, state("DUAL_WRITE", "RUNNING"))
                        + event(2, state("DUAL_WRITE", "RUNNING")) + event(3, state("COMPLETE", end))));

        CommandRun run = watch();

        assertThat(run.exitCode()).isEqualTo(exitCode);
        String rest = "  moved unknown of unknown";
        assertThat(run.out().lines()) // a line for each change, none for what has not changed
                .containsExactly(
                        "2026-11-24T10:05:00Z  shop-1-to-2  PREPARE  RUNNING" + rest,
                        "2026-11-24T10:05:00Z  shop-1-to-2  DUAL_WRITE  RUNNING" + rest,
                        "2026-11-24T10:05:00Z  shop-1-to-2  COMPLETE  " + end + rest);
    }

    @Test
    void whatHasEndedIsShownOnce() {
        peer.on(STATUS, json(200, state("COMPLETE", "COMPLETED")));

        assertThat(watch("--json"))
                .isEqualTo(new CommandRun(
                        0, state("COMPLETE", "COMPLETED").replace(": ", ":").replace(", ", ",") + "\n", ""));
        assertThat(peer.count(EVENTS)).isZero();
    }

    @Test
    void resumesAfterTheLastWholeEventWhenTheStreamBreaks() {
        peer.on(STATUS, json(200, state("PREPARE", "RUNNING")));
        String cutOff = "id: 8\nevent: status\ndata: " + state("COMPLETE", "FAILED") + "\n";
        peer.on(EVENTS, stream(event(7, state("BACKFILL", "RUNNING")) + cutOff), hangUp());
        peer.on(EVENTS, peer.openStream(event(8, state("COMPLETE", "COMPLETED"))));

        CommandRun run = watch();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("BACKFILL", "COMPLETED").doesNotContain("FAILED");
        assertThat(peer.requests().stream()
                        .filter(request -> request.line().equals(EVENTS))
                        .map(request -> String.valueOf(request.lastEventId())))
                .startsWith("null", "7")
                .endsWith("7");
    }

    @Test
    void pollsWhereThereIsNoStream() {
        peer.on(STATUS, json(200, state("PREPARE", "RUNNING")), json(503, ""), json(200, state("BACKFILL", "RUNNING")));
        peer.on(STATUS, json(200, state("COMPLETE", "COMPLETED")));

        CommandRun run = watch();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines()).hasSize(3);
    }

    @Test
    void asksAfterAnAuditRecordAndWhenTheStreamIsQuiet() {
        peer.on(STATUS, json(200, state("PREPARE", "RUNNING")), json(200, state("DUAL_WRITE", "RUNNING")));
        peer.on(STATUS, json(200, state("BACKFILL", "RUNNING")), json(200, state("COMPLETE", "COMPLETED")));
        peer.on(EVENTS, peer.openStream("event: audit\ndata: {\"who\": \"operator\"}\n\n"));

        assertThat(watch("--timeout", "15s").exitCode()).isZero();
    }

    @Test
    void atTheTimeOutItSaysWhatItSawAndEndsWith4() {
        peer.on(STATUS, json(200, recorded("blocked")));
        peer.on(EVENTS, peer.openStream(""));

        CommandRun run = watch("--timeout", "120ms");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.out().lines()).hasSize(1);
        assertThat(run.out()).contains("waiting for HANDOFF_HELD_BY_TRANSACTION: Slots 0-63");
        assertThat(run.err())
                .startsWith("TIMED_OUT  shop-1-to-2 has not ended within 120 ms; it goes on.\n"
                        + "  why     it is in STOP_OLD_WRITES, BLOCKED\nHANDOFF_HELD_BY_TRANSACTION  ")
                .contains("  remedy  end it there");
        assertThat(CommandRun.of(peer, "status", "shop-1-to-2", "--timeout", "1ms")
                        .exitCode())
                .isEqualTo(4);
    }

    @Test
    void atTheTimeOutItsJsonIsAProblemWithWhatIsWaitedFor() throws IOException {
        peer.on(STATUS, json(200, recorded("blocked")));
        peer.on(EVENTS, peer.openStream(""));

        CommandRun run = watch("--timeout", "120ms", "--json");

        assertThat(run.exitCode()).isEqualTo(4);
        assertThat(run.out().lines()).hasSize(2);
        JsonNode problem =
                new ObjectMapper().readTree(run.out().lines().toList().get(1));
        assertThat(problem.path("code").asText()).isEqualTo("TIMED_OUT");
        assertThat(problem.path("title").asText()).isEqualTo("shop-1-to-2 has not ended within 120 ms; it goes on.");
        assertThat(problem.path("waitingFor").path("code").asText()).isEqualTo("HANDOFF_HELD_BY_TRANSACTION");
        assertThat(run.err()).startsWith("TIMED_OUT").contains("HANDOFF_HELD_BY_TRANSACTION");
    }

    @Test
    void aLineSaysWhatTheStepDoes() {
        peer.on(STATUS, json(200, recorded("backfill")), json(200, state("COMPLETE", "COMPLETED")));
        peer.on(EVENTS, peer.openStream(event(1, state("COMPLETE", "COMPLETED"))));

        assertThat(watch().out()).contains("  BACKFILL  RUNNING  COPY (copy the rows)  copied 60 %  moved 0 of 1,024");
    }

    @Test
    void aControllerThatStaysAwayEndsTheWatchWith5() {
        peer.on(STATUS, json(200, state("PREPARE", "RUNNING")), hangUp());

        CommandRun run = watch();

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.err()).startsWith("CONTROLLER_UNREACHABLE");
    }

    @Test
    void drawsOverTheScreenInATerminalOnly() {
        peer.on(STATUS, json(200, recorded("backfill")), json(200, state("COMPLETE", "COMPLETED")));

        CommandRun run = CommandRun.of(Map.of("SHARDSHIFT_URL", peer.url()), true, "status", "shop-1-to-2", "--watch");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("\033[H\033[2Jshop-1-to-2  keyspace shop\033[K\n")
                .contains("60 %", "\n\033[J")
                .containsOnlyOnce("\033[2J")
                .contains("phase     COMPLETE  COMPLETED");
        assertThat(CommandRun.of(peer, "status", "shop-1-to-2", "--watch").out())
                .doesNotContain("\033");
    }

    @Test
    void submitsAndWatches(@TempDir Path dir) throws IOException {
        Path plan = Files.writeString(
                dir.resolve("plan.yaml"), "migration: shop-1-to-2\nkeyspace: shop\nslotMap: {shop-1: 0}\n");
        peer.on("POST /api/v1/migrations", json(201, state("PREPARE", "RUNNING")));
        peer.on(STATUS, json(200, state("PREPARE", "RUNNING")), json(200, state("PREPARE", "FAILED")));

        CommandRun run = CommandRun.of(peer, "submit", plan.toString(), "--watch", "--timeout", "15s", "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out().lines()).hasSize(2);
    }

    @Test
    void whatItsPreflightStoppedWasRefused() {
        peer.on(STATUS, json(200, recorded("failed")));

        CommandRun run = watch();

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out())
                .contains("PREPARE  FAILED  moved 0 of 1,024  because of PREFLIGHT_FAILED: 2 of the checks");
        assertThat(run.err()).startsWith("PREFLIGHT_FAILED").contains("remedy  SET PERSIST");
    }
}
