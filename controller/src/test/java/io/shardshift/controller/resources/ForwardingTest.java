package io.shardshift.controller.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import io.shardshift.api.codec.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ForwardingTest {
    private static ApiServer leader;
    private static ApiServer standby;

    @BeforeAll
    static void start() throws Exception {
        leader = new ApiServer();
        standby = new ApiServer();
        leader.plane().add("steered");
    }

    @AfterAll
    static void stop() throws Exception {
        standby.close();
        leader.close();
    }

    @BeforeEach
    void standBy() {
        leader.plane().lead();
        standby.plane().standBy(URI.create(leader.url()));
    }

    @Test
    void aCommandAtTheStandbyIsTheLeaders() throws Exception {
        HttpResponse<String> response = standby.operator("POST", "/migrations/steered/rollback", null);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(leader.plane().newestCommand()).isEqualTo(Command.ROLLBACK);
        assertThat(standby.plane().newestCommand()).isNull();
    }

    @Test
    void bodyAndQueryGoToTheLeaderAndLocationComesBackAsTheStandbys() throws Exception {
        assertThat(standby.operator("POST", "/migrations?dryRun=true", "{\"migration\": \"moved\"}")
                        .body())
                .contains("\"steps\"");
        HttpResponse<String> made = standby.operator("POST", "/migrations", "{\"migration\": \"moved\"}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("Location")).contains(standby.url() + "/api/v1/migrations/moved");
        assertThat(standby.operator("GET", "/migrations/moved", null).body()).isEqualTo("{\"name\":\"moved\"}");
        assertThat(standby.operator("DELETE", "/migrations/moved", null).statusCode())
                .isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /migrations/none, operator-0123456789, 404, MIGRATION_UNKNOWN",
        "GET, /nowhere, operator-0123456789, 404, NOT_FOUND",
        "PUT, /migrations, operator-0123456789, 405, BAD_REQUEST",
        "GET, /migrations/broken, operator-0123456789, 500, INTERNAL",
        "POST, /migrations/steered/pause, viewer-0123456789ab, 403, FORBIDDEN",
        "GET, /migrations, , 401, UNAUTHENTICATED",
    })
    void refusalsAreTheSameEverywhere(String method, String path, String token, int status, String code)
            throws Exception {
        for (ApiServer server : new ApiServer[] {leader, standby}) {
            HttpResponse<String> response = server.send(method, path, token, null);
            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(problem(response).path("code").textValue()).isEqualTo(code);
        }
    }

    @Test
    void eventsComeThroughAsTheyHappen() throws Exception {
        EventLog log = leader.plane().add("watched"); // keeps three events, the first has id 1
        log.append(EventLog.STATUS, IntNode.valueOf(10));
        log.append(EventLog.STATUS, IntNode.valueOf(20));
        HttpResponse<InputStream> response = standby.events("watched", "1");
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        try (BufferedReader events =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            assertThat(data(events)).isEqualTo("data: 20");
            log.append(EventLog.STATUS, IntNode.valueOf(30));
            assertThat(data(events)).isEqualTo("data: 30");
            leader.plane().standBy(null); // the leader's end of the stream ends, and so does this one
            assertThat(events.lines().filter(line -> line.startsWith("data"))).isEmpty();
        }
    }

    @Test
    void aRequestIsNeverForwardedTwice() throws Exception {
        leader.plane().standBy(URI.create(standby.url())); // each takes the other for the leader
        HttpResponse<String> response = standby.operator("POST", "/migrations/steered/pause", null);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(problem(response).path("code").textValue()).isEqualTo("NO_LEADER");
        assertThat(problem(response).path("remedy").textValue()).isNotBlank();
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void aRequestWaitsForTheTakeOver() throws Exception {
        int free = freePort();
        standby.plane().standBy(URI.create("http://127.0.0.1:" + free)); // the node of a leader that is gone
        CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return standby.operator("POST", "/migrations/steered/resume", null);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        standby.plane().standBy(null);
        standby.plane().add("steered");
        standby.plane().lead();
        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(standby.plane().newestCommand()).isEqualTo(Command.RESUME);
    }

    @Test
    void aCommandWhoseAnswerWasLostIsNotSentAgain() throws Exception {
        AtomicInteger sent = new AtomicInteger();
        try (ServerSocket dying = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> readAndHangUp(dying, sent));
            server.setDaemon(true);
            server.start();
            standby.plane().standBy(URI.create("http://127.0.0.1:" + dying.getLocalPort()));
            HttpResponse<String> response = standby.operator("POST", "/migrations/steered/advance", null);
            assertThat(response.statusCode()).isEqualTo(504);
            assertThat(problem(response).path("code").textValue()).isEqualTo("OUTCOME_UNKNOWN");
            assertThat(problem(response).path("remedy").textValue()).contains("status");
            assertThat(sent).hasValue(1);
        }
    }

    @Test
    void healthSaysWhoLeads() throws Exception {
        assertThat(leader.admin("/healthcheck").body()).contains("\"message\":\"leads\"");
        assertThat(standby.admin("/healthcheck").body()).contains("stands by for " + leader.url());
        assertThat(standby.admin("/healthcheck").statusCode()).isEqualTo(200);
        standby.plane().standBy(null);
        assertThat(standby.admin("/healthcheck").statusCode()).isEqualTo(200);
    }

    @Test
    void noLeaderIsSaidAfterABoundedWait() throws Exception {
        standby.plane().standBy(null);
        long begun = System.nanoTime();
        HttpResponse<String> response = standby.operator("GET", "/migrations", null);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(problem(response).path("code").textValue()).isEqualTo("NO_LEADER");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(ForwardingFilter.PATIENCE);
        assertThat(standby.operator("GET", "/openapi.yaml", null).statusCode()).isEqualTo(200);
    }

    private static void readAndHangUp(ServerSocket server, AtomicInteger sent) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                if (socket.getInputStream().read() >= 0) {
                    sent.incrementAndGet();
                }
            } catch (IOException e) {
                return; // the test has closed it
            }
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String data(BufferedReader events) throws Exception {
        for (String line = events.readLine(); line != null; line = events.readLine()) {
            if (line.startsWith("data")) {
                return line;
            }
        }
        return "";
    }

    private static JsonNode problem(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        return Json.read(response.body().getBytes(StandardCharsets.UTF_8), JsonNode.class);
    }
}
