package io.shardshift.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.codec.Json;
import io.shardshift.cluster.TestCluster;
import io.shardshift.controller.resources.ControllerApplication;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CuratorCoordination;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A whole controller on real servers, by its own wiring, and a client of it. */
final class RunningController implements AutoCloseable {
    static final String TOKEN = "operator-0123456789";
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final ControllerApplication application;

    RunningController(Map<String, String> variables) throws Exception {
        Map<String, String> all = new HashMap<>(Map.of("SHARDSHIFT_PORT", "0", "SHARDSHIFT_ADMIN_PORT", "0"));
        all.putAll(variables);
        application = ControllerMain.application(all);
        application.run("server");
    }

    /** What a controller needs to know: a part of the test's ZooKeeper of its own, and the secrets of the servers. */
    static Map<String, String> variables(ShopOnServers shop) throws CoordinationException {
        Map<String, String> variables = new HashMap<>(shop.secrets());
        variables.put("SHARDSHIFT_ZOOKEEPER", ownPart());
        variables.put("SHARDSHIFT_OPERATOR_TOKEN", TOKEN);
        return variables;
    }

    private static String ownPart() throws CoordinationException {
        String connect = TestCluster.zookeeper().connectString();
        String part = "/test-" + UUID.randomUUID();
        try (CuratorCoordination coordination =
                CuratorCoordination.connect(connect, Duration.ofSeconds(4), Duration.ofSeconds(15))) {
            coordination.ensure(part);
        }
        return connect + part;
    }

    String url() {
        return "http://127.0.0.1:" + application.port();
    }

    /** The healthcheck's text once it holds {@code part}. */
    void awaitHealth(String part) {
        Awaitility.await("healthcheck says " + part)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(admin("/healthcheck")).contains(part));
    }

    String admin(String path) throws Exception {
        return adminAt(application.adminPort(), path);
    }

    static String adminAt(int port, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString()).body();
    }

    HttpResponse<String> call(String method, String path, @Nullable String body) throws Exception {
        HttpRequest request = request(path)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    /** The document of an answer that is no error. */
    JsonNode done(String method, String path, @Nullable String body) throws Exception {
        HttpResponse<String> response = call(method, path, body);
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
        return document(response);
    }

    static JsonNode document(HttpResponse<String> response) {
        return Json.read(response.body().getBytes(StandardCharsets.UTF_8), JsonNode.class);
    }

    HttpResponse<InputStream> events(String migration) throws Exception {
        return CLIENT.send(request("/migrations/" + migration + "/events").build(), BodyHandlers.ofInputStream());
    }

    JsonNode status(String migration) throws Exception {
        return done("GET", "/migrations/" + migration, null);
    }

    /** The status once its state is {@code state}; fails at once when the migration has failed. */
    JsonNode awaitState(String migration, String state) {
        return Awaitility.await(migration + " is " + state)
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            JsonNode now = status(migration);
                            assertThat(now.path("state").textValue())
                                    .as(now.toString())
                                    .isNotEqualTo("FAILED");
                            return now;
                        },
                        now -> now.path("state").textValue().equals(state));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + "/api/v1" + path))
                .header("Authorization", "Bearer " + TOKEN)
                .timeout(Duration.ofSeconds(40));
    }

    @Override
    public void close() throws Exception {
        application.stop();
    }
}
