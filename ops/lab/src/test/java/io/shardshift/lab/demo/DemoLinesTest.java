package io.shardshift.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** What the demo prints of a status and of a summary. */
class DemoLinesTest {
    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text);
    }

    @Test
    void theLongestWriteIsToldByPhase() throws JsonProcessingException {
        assertThat(DemoMain.byPhase(json("{\"PREPARE\": 130, \"DUAL_WRITE\": 1978}")))
                .isEqualTo("PREPARE 130, DUAL_WRITE 1978 ms");
        assertThat(DemoMain.byPhase(json("{}"))).isEqualTo("none");
    }

    @Test
    void verificationTellsWhatItCompared() throws JsonProcessingException {
        JsonNode status =
                json("{\"phase\": \"BACKFILL\", \"copy\": {\"rows\": 9, \"rowsTotal\": 9, \"rowsPerSecond\": 1},"
                        + " \"verification\": {\"rowsCompared\": 7}, \"waitingFor\": null}");

        assertThat(MigrationRun.detail(status, "VERIFY")).isEqualTo("verify: 7 rows compared");
        assertThat(MigrationRun.detail(status, "COPY")).isEqualTo("copy: 9 of about 9 rows, 1 rows/s");
    }

    @Test
    void handOffsTellHowManySlotsHaveMovedAndABlockedOneIsCut() throws JsonProcessingException {
        String status =
                "{\"phase\": \"STOP_OLD_WRITES\", \"slots\": {\"moving\": 64, \"moved\": 12}, \"waitingFor\": %s}";

        assertThat(MigrationRun.detail(json(status.formatted("null")), "HANDOFF_REST"))
                .isEqualTo("handoff_rest, 12 of 64 slots moved");
        String wait = "{\"message\": \"" + "x".repeat(101) + "\"}";
        assertThat(MigrationRun.detail(json(status.formatted(wait)), "HANDOFF_REST"))
                .isEqualTo("x".repeat(100) + "…, 12 of 64 slots moved");
    }
}
