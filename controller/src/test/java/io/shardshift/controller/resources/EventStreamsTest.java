package io.shardshift.controller.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.codec.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventStreamsTest {
    private ApiServer server;
    private EventLog log;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer();
        log = server.plane().add("shop-1-to-2"); // keeps three events, the first has id 1
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void givesTheNewestStatusThenWhatHappens() throws Exception {
        log.append(EventLog.STATUS, status("PREPARE"));
        log.append(EventLog.STATUS, status("DUAL_WRITE"));
        try (BufferedReader events = lines(server.events("shop-1-to-2", null))) {
            assertThat(event(events)).isEqualTo("id: 2|event: status|data: {\"phase\":\"DUAL_WRITE\"}");
            log.append(EventLog.STATUS, status("BACKFILL"));
            assertThat(event(events)).isEqualTo("id: 3|event: status|data: {\"phase\":\"BACKFILL\"}");
            assertThat(server.operator("POST", "/migrations/shop-1-to-2/pause", null)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(event(events))
                    .startsWith("id: 4|event: audit|data: ")
                    .contains("\"role\":\"operator\"", "\"action\":\"pause\"", "\"result\":\"done\"")
                    .doesNotContain(ApiServer.OPERATOR);
        }
    }

    @Test
    void resumesAfterTheEventThatTheClientSawLast() throws Exception {
        log.append(EventLog.STATUS, status("PREPARE"));
        log.append(EventLog.STATUS, status("DUAL_WRITE"));
        try (BufferedReader events = lines(server.events("shop-1-to-2", "1"))) {
            assertThat(event(events)).startsWith("id: 2|");
        }
    }

    @Test
    void aStreamEndsWhenItsMigrationIsForgotten() throws Exception {
        log.append(EventLog.STATUS, status("COMPLETE"));
        try (BufferedReader events = lines(server.events("shop-1-to-2", null))) {
            assertThat(event(events)).startsWith("id: 1|");
            assertThat(server.operator("DELETE", "/migrations/shop-1-to-2", null)
                            .statusCode())
                    .isEqualTo(204);
            assertThat(event(events)).isEmpty();
        }
    }

    @Test
    void anOpenStreamDoesNotHoldTheServersEndUp() throws Exception {
        try (BufferedReader events = lines(server.events("shop-1-to-2", null))) {
            long begun = System.nanoTime();
            server.close();
            assertThat(event(events)).isEmpty();
            assertThat(System.nanoTime() - begun).isLessThan(4_000_000_000L); // the grace period is 5 s
        }
    }

    @Test
    void refusesAnIdThatIsNone() throws Exception {
        HttpResponse<InputStream> response = server.events("shop-1-to-2", "x");
        response.body().close();
        assertThat(response.statusCode()).isEqualTo(400);
    }

    private static JsonNode status(String phase) {
        return Json.tree(Map.of("phase", phase));
    }

    private static BufferedReader lines(HttpResponse<InputStream> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains(EventStreams.MEDIA_TYPE);
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The next event's lines joined by |, without comments; empty at the stream's end. */
    private static String event(BufferedReader lines) throws IOException {
        StringBuilder event = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty() && event.length() > 0) {
                return event.toString();
            }
            if (!line.isEmpty() && !line.startsWith(":")) {
                event.append(event.length() == 0 ? "" : "|").append(line);
            }
        }
        return event.toString();
    }
}
