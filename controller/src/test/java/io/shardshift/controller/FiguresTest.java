package io.shardshift.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.metrics.MetricNames;
import io.shardshift.controller.resources.DocumentSchemas;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a controller says of a migration while it moves rows of a real server to another, and of what is asked of it. */
@Timeout(240)
class FiguresTest {
    private static final int ROWS = 30_000;
    private static final int ENOUGH_TO_CLOSE = 101;
    private static final Set<MetricNames> PURGING =
            EnumSet.of(MetricNames.PURGE_ROWS, MetricNames.PURGE_LEFT, MetricNames.PURGE_ETA);
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(\\{[^}]*})? ([0-9.eE+-]+)");

    private static ShopOnServers shop;
    private static RunningController controller;

    @BeforeAll
    static void start() throws Exception {
        shop = new ShopOnServers(ROWS);
        controller = new RunningController(RunningController.variables(shop));
        JsonNode keyspace = controller.done("PUT", "/keyspaces/shop", shop.keyspace());
        new DocumentSchemas().assertDescribes("Keyspace", keyspace);
    }

    @AfterAll
    static void stop() throws Exception {
        controller.close();
        shop.close();
    }

    @Test
    void aMigrationIsHeldBackByItsServersLoadAndEachMetricIsFedUntilItEnds() throws Exception {
        controller.done(
                "POST",
                "/migrations",
                shop.plan(
                        "slow",
                        "gates: {stopOldWrites: manual, complete: manual}\n"
                                + "pacing: {copiers: 2, maxRowsPerSecond: 2000}"));
        HttpResponse<InputStream> events = controller.events("slow");
        Awaitility.await("rows are copied").atMost(Duration.ofSeconds(60)).until(() -> copied() > 0);
        assertThat(controller.status("slow").path("throttle").path("open").booleanValue())
                .isTrue();
        try (Load load = new Load()) {
            JsonNode throttle = Awaitility.await("the throttle closes")
                    .atMost(Duration.ofSeconds(20))
                    .until(
                            () -> controller.status("slow").path("throttle"),
                            now -> now.path("open").isBoolean()
                                    && !now.path("open").booleanValue());
            assertThat(throttle.path("reason").textValue()).matches("threads_running\\(shop-[01]\\) 1[0-9]+ > 100.*");
            assertThat(samples("shardshift_throttle_open_count").values()).containsExactly(0.0);
            Awaitility.await("no row is copied")
                    .atMost(Duration.ofSeconds(20))
                    .during(Duration.ofSeconds(1))
                    .until(this::copied, new NoChange()::isSame);
        }
        long held = copied();
        assertThat(held).isLessThan(ROWS / 2);
        Awaitility.await("copying goes on").atMost(Duration.ofSeconds(20)).until(() -> copied() > held);
        controller.awaitState("slow", "WAITING");
        toldOfCopiedRows(events);
        controller.done("POST", "/migrations/slow/advance", null);
        controller.awaitState("slow", "WAITING");
        allAreFed();
        controller.done("POST", "/migrations/slow/complete", null);
        controller.awaitState("slow", "COMPLETED");
        assertThat(samples("shardshift_"))
                .as("series of an ended migration are gone")
                .allSatisfy((series, value) -> assertThat(series).doesNotContain("migration=\"slow\""));
        aPurgeIsMeasured();
    }

    private static void aPurgeIsMeasured() throws Exception {
        controller.done("POST", "/migrations/slow/purge", null);
        Awaitility.await("figures of the purge under way")
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> {
                    for (MetricNames name : PURGING) {
                        assertThat(samples(name.metric()))
                                .hasEntrySatisfying(
                                        name.metric() + "{keyspace=\"shop\",migration=\"slow\"}",
                                        value -> assertThat(value).isPositive());
                    }
                });
        JsonNode purge = controller.status("slow").path("purge");
        assertThat(purge.path("rowsTotal").asLong()).isBetween(ROWS / 8L, 2L * ROWS);
        assertThat(purge.path("etaSeconds").isNumber()).isTrue();
    }

    /** Between two changes of the state, which come when the step begins and ends. */
    private static void toldOfCopiedRows(HttpResponse<InputStream> response) throws Exception {
        try (BufferedReader events =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            List<Long> rows = events.lines()
                    .filter(line -> line.startsWith("data:"))
                    .map(line -> Json.read(
                            line.substring("data:".length()).getBytes(StandardCharsets.UTF_8), JsonNode.class))
                    .takeWhile(status -> !status.path("state").asText().equals("WAITING"))
                    .filter(status -> status.path("step").asText().equals("COPY"))
                    .map(status -> status.path("copy").path("rows").asLong())
                    .distinct()
                    .toList();
            assertThat(rows).hasSizeGreaterThan(2).isSorted();
        }
    }

    private static void allAreFed() throws Exception {
        Map<String, Double> samples = samples("shardshift_");
        Set<MetricNames> unfed = EnumSet.allOf(MetricNames.class);
        for (MetricNames name : MetricNames.values()) {
            String series = name.kind() == MetricNames.Kind.HISTOGRAM ? name.metric() + "_count" : name.metric();
            samples.keySet().stream()
                    .filter(sample -> sample.equals(series) || sample.startsWith(series + "{"))
                    .forEach(sample -> {
                        unfed.remove(name);
                        name.labels().forEach(label -> assertThat(sample).contains(label + "=\""));
                    });
        }
        unfed.remove(MetricNames.THROTTLE_OPEN); // copy and verification are over: unknown, and so no sample
        unfed.removeAll(PURGING); // none runs
        assertThat(unfed).isEmpty();
        assertThat(samples)
                .containsEntry("shardshift_leader_count", 1.0)
                .containsEntry("shardshift_verification_differences_total{keyspace=\"shop\",migration=\"slow\"}", 0.0)
                .containsEntry("shardshift_agents_registered_count{keyspace=\"shop\"}", 0.0);
        assertThat(samples.get("shardshift_handoff_pause_seconds_count{keyspace=\"shop\",migration=\"slow\"}"))
                .isGreaterThanOrEqualTo(3); // groups
        JsonNode status = controller.status("slow");
        new DocumentSchemas().assertDescribes("Status", status);
        assertThat(samples)
                .containsEntry(
                        "shardshift_copy_rows_total{keyspace=\"shop\",migration=\"slow\",table=\"orders\"}",
                        status.path("copy").path("rows").doubleValue());
    }

    @Test
    void answersAreCounted() throws Exception {
        HttpResponse<String> refused = controller.call("PUT", "/keyspaces/shop", "keyspace: [\n");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = RunningController.document(refused);
        assertThat(problem.path("code").textValue()).isEqualTo("BAD_KEYSPACE");
        assertThat(problem.path("remedy").textValue()).isNotBlank();
        assertThat(problem.path("errors").path(0).path("line").isNumber()).isTrue();
        assertThat(controller.call("POST", "/migrations", "{\"migration\": ").statusCode())
                .isEqualTo(422);
        assertThat(samples("shardshift_api_requests_total"))
                .containsEntry("shardshift_api_requests_total{method=\"PUT\",status=\"422\"}", 1.0)
                .containsEntry("shardshift_api_requests_total{method=\"POST\",status=\"422\"}", 1.0);
    }

    private long copied() throws Exception {
        return controller.status("slow").path("copy").path("rows").asLong();
    }

    /** Every line of the text is a comment or a sample. */
    private static Map<String, Double> samples(String prefix) throws Exception {
        Map<String, Double> samples = new TreeMap<>();
        for (String line : controller.admin("/metrics").lines().toList()) {
            if (line.startsWith("#") || line.isEmpty()) {
                continue;
            }
            Matcher sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            String labels = sample.group(2) == null ? "" : sample.group(2);
            if (sample.group(1).startsWith(prefix)) {
                samples.put(sample.group(1) + labels, Double.valueOf(sample.group(3)));
            }
        }
        return samples;
    }

    private static final class NoChange {
        private long before = -1;

        boolean isSame(long now) {
            boolean same = now == before;
            before = now;
            return same;
        }
    }

    /** Statements at work on the source until they are closed. */
    private static final class Load implements AutoCloseable {
        private final ExecutorService threads = Executors.newFixedThreadPool(ENOUGH_TO_CLOSE);
        private final List<Connection> connections = new ArrayList<>();
        private final List<Future<Boolean>> statements = new ArrayList<>();

        Load() throws SQLException {
            for (int i = 0; i < ENOUGH_TO_CLOSE; i++) {
                Connection connection = shop.source.connect();
                connections.add(connection);
                statements.add(threads.submit(() -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.execute("SELECT SLEEP(120)");
                    }
                }));
            }
        }

        @Override
        public void close() throws SQLException {
            shop.source.execute(
                    shop
                            .source
                            .rows("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(120)'")
                            .stream()
                            .map(row -> "KILL " + row.get(0))
                            .toArray(String[]::new));
            for (Connection connection : connections) {
                connection.abort(Runnable::run);
            }
            statements.forEach(statement -> statement.cancel(true));
            threads.shutdownNow();
        }
    }
}
