package io.shardshift.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.codec.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several controllers with one ZooKeeper are one service. */
@Timeout(180)
class StandbyTest {
    /** The session's time-out, 4 s, and one more for ZooKeeper's tick, the standby's look and its election. */
    private static final Duration TAKE_OVER_AFTER_A_CRASH = Duration.ofSeconds(5);

    /** Nothing is waited for: the node is given back. */
    private static final Duration TAKE_OVER_AFTER_AN_END = Duration.ofSeconds(2);

    @Test
    void whateverIsAskedOfTheStandbyTheLeaderDoes() throws Exception {
        try (ShopOnServers shop = new ShopOnServers(100)) {
            Map<String, String> variables = RunningController.variables(shop);
            try (RunningController leader = new RunningController(variables)) {
                leader.awaitHealth("leads");
                try (RunningController standby = new RunningController(variables)) {
                    standby.awaitHealth("stands by for " + leader.url());
                    drive(shop, leader, standby);
                }
            }
        }
    }

    private static void drive(ShopOnServers shop, RunningController leader, RunningController standby)
            throws Exception {
        assertThat(standby.call("PUT", "/keyspaces/shop", shop.keyspace()).statusCode())
                .isEqualTo(201);
        HttpResponse<String> made =
                standby.call("POST", "/migrations", shop.plan("away", "gates: {dualWrite: manual}"));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.headers().firstValue("Location")).contains(standby.url() + "/api/v1/migrations/away");
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        try (BufferedReader events =
                new BufferedReader(new InputStreamReader(standby.events("away").body(), StandardCharsets.UTF_8))) {
            leader.awaitState("away", "WAITING");
            assertThat(standby.status("away").path("waitingFor").path("code").textValue())
                    .isEqualTo("WAITING_FOR_GATE");
            JsonNode rollingBack = standby.done("POST", "/migrations/away/rollback", null);
            assertThat(rollingBack.path("state").textValue()).startsWith("ROLL");
            leader.awaitState("away", "ROLLED_BACK");
            assertThat(events.lines()
                            .filter(line -> line.startsWith("data:") && line.contains("\"ROLLED_BACK\""))
                            .findFirst())
                    .isPresent();
        }
    }

    @Test
    void anEndedLeaderGivesTheLeadBackAtOnceAndItsMigrationGoesOn() throws Exception {
        try (ShopOnServers shop = new ShopOnServers(100);
                Connection stranger = shop.source.connect();
                Statement past = stranger.createStatement()) {
            past.execute("UPDATE orders SET state = 'paid' WHERE id = 1");
            Map<String, String> variables = RunningController.variables(shop);
            RunningController leader = new RunningController(variables);
            boolean ended = false;
            try (RunningController standby = new RunningController(variables)) {
                leader.awaitHealth("leads");
                standby.awaitHealth("stands by for " + leader.url());
                leader.done("PUT", "/keyspaces/shop", shop.keyspace());
                leader.done("POST", "/migrations", shop.plan("away", "gates: {dualWrite: manual}"));
                warnsOfAStranger(leader.awaitState("away", "WAITING"));
                long begun = System.nanoTime();
                leader.close();
                ended = true;
                long closed = System.nanoTime();
                standby.awaitHealth("leads");
                assertThat(Duration.ofNanos(System.nanoTime() - closed))
                        .as("closing itself took %s", Duration.ofNanos(closed - begun))
                        .isLessThan(TAKE_OVER_AFTER_AN_END);
                JsonNode status = firstStatus(standby.events("away"));
                assertThat(status.path("state").textValue()).isEqualTo("WAITING");
                warnsOfAStranger(status); // as the leader before had found
                standby.done("POST", "/migrations/away/rollback", null);
                standby.awaitState("away", "ROLLED_BACK");
            } finally {
                if (!ended) {
                    leader.close();
                }
            }
        }
    }

    private static void warnsOfAStranger(JsonNode status) {
        assertThat(status.path("warnings").findValuesAsText("code")).contains("FOREIGN_WRITERS");
        assertThat(status.path("blockedBy").findValuesAsText("code")).doesNotContain("FOREIGN_WRITERS");
    }

    /** Of a stream on which nothing has happened yet. */
    private static JsonNode firstStatus(HttpResponse<InputStream> response) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        try (BufferedReader events =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String data = events.lines()
                    .takeWhile(line -> System.nanoTime() - end < 0) // signs of life come for ever
                    .filter(line -> line.startsWith("data:"))
                    .findFirst()
                    .orElseThrow();
            return Json.read(data.substring("data:".length()).getBytes(StandardCharsets.UTF_8), JsonNode.class);
        }
    }

    @Test
    void aKilledLeaderIsReplacedWithinItsSessionAndARequestWaitsForThat() throws Exception {
        try (ShopOnServers shop = new ShopOnServers(0)) {
            Map<String, String> variables = RunningController.variables(shop);
            int adminPort = freePort();
            Process leader = process(variables, adminPort);
            try (RunningController standby = new RunningController(variables)) {
                standby.awaitHealth("stands by for http://127.0.0.1:");
                assertThat(RunningController.adminAt(adminPort, "/healthcheck")).contains("\"message\":\"leads\"");
                long killed = System.nanoTime();
                leader.destroyForcibly();
                HttpResponse<String> answer = standby.call("GET", "/migrations", null);
                assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(TAKE_OVER_AFTER_A_CRASH);
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(standby.admin("/healthcheck")).contains("\"message\":\"leads\"");
            } finally {
                leader.destroyForcibly();
                leader.waitFor(20, TimeUnit.SECONDS);
            }
        }
    }

    /** A controller in a process of its own, once it leads. */
    private static Process process(Map<String, String> variables, int adminPort) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.shardshift.controller.ControllerMain");
        builder.environment().putAll(variables);
        builder.environment().put("SHARDSHIFT_PORT", "0");
        builder.environment().put("SHARDSHIFT_ADMIN_PORT", Integer.toString(adminPort));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = builder.start();
        Awaitility.await("the process leads")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() ->
                        RunningController.adminAt(adminPort, "/healthcheck").contains("\"message\":\"leads\""));
        return process;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
