package io.shardshift.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
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

        assertThat(StatusLines.detail(status, "VERIFY")).isEqualTo("verify: 7 rows compared");
        assertThat(StatusLines.detail(status, "COPY")).isEqualTo("copy: 9 of about 9 rows, 1 rows/s");
    }

    @Test
    void handOffsTellHowManySlotsHaveMovedAndNotZeroWhereThatIsNotKnown() throws JsonProcessingException {
        String status = "{\"phase\": \"STOP_OLD_WRITES\", \"slots\": {\"moving\": 64, \"moved\": %s}}";

        assertThat(StatusLines.detail(json(status.formatted("12")), "HANDOFF_REST"))
                .isEqualTo("handoff_rest, 12 of 64 slots moved");
        assertThat(StatusLines.detail(json(status.formatted("null")), "HANDOFF_REST"))
                .isEqualTo("handoff_rest, unknown of 64 slots moved");
    }

    @Test
    void whatAStepWaitsForStandsBelowItWithSinceWhenAndWhy() throws JsonProcessingException {
        Instant now = Instant.parse("2026-11-24T10:01:07Z");
        JsonNode status = json("{\"waitingFor\": {\"code\": \"HANDOFF_NOT_DRAINED\", \"what\": \"Slots 0-63 stay.\","
                + " \"why\": \"" + "x".repeat(161) + "\", \"since\": \"2026-11-24T10:00:00.5Z\"}}");

        assertThat(StatusLines.waits(status, now))
                .containsExactly(
                        " ".repeat(21) + "waits for 66 s: HANDOFF_NOT_DRAINED  Slots 0-63 stay.",
                        " ".repeat(21) + "  because: " + "x".repeat(160) + "…");
        assertThat(StatusLines.waits(json("{\"waitingFor\": null}"), now)).isEmpty();
        assertThat(StatusLines.waits(
                        json("{\"waitingFor\": {\"code\": \"WAITING_FOR_GATE\", \"what\": \"The gate waits.\","
                                + " \"why\": null, \"since\": null}}"),
                        now))
                .containsExactly(" ".repeat(21) + "waits: WAITING_FOR_GATE  The gate waits.");
    }
}
