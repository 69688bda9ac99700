package io.shardshift.controller.resources;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The application on ports of the system's choice, and a client of it. */
final class ApiServer implements AutoCloseable {
    static final String OPERATOR = "operator-0123456789";
    static final String VIEWER = "viewer-0123456789ab";

    private final ShopPlane plane = new ShopPlane();
    private final ControllerApplication application;
    private final HttpClient client = HttpClient.newHttpClient();

    ApiServer() throws Exception {
        application = new ControllerApplication(
                (configuration, environment) -> plane,
                new NamesOnly(),
                Map.of(
                        "SHARDSHIFT_ZOOKEEPER", "127.0.0.1:2181",
                        "SHARDSHIFT_PORT", "0",
                        "SHARDSHIFT_ADMIN_PORT", "0",
                        "SHARDSHIFT_OPERATOR_TOKEN", OPERATOR,
                        "SHARDSHIFT_VIEWER_TOKEN", VIEWER));
        application.run("server");
    }

    ShopPlane plane() {
        return plane;
    }

    HttpResponse<String> send(String method, String path, @Nullable String token, @Nullable String body)
            throws Exception {
        HttpRequest.Builder request = request("/api/v1" + path, application.port(), token);
        request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> operator(String method, String path, @Nullable String body) throws Exception {
        return send(method, path, OPERATOR, body);
    }

    HttpResponse<String> admin(String path) throws Exception {
        return client.send(request(path, application.adminPort(), null).build(), BodyHandlers.ofString());
    }

    HttpResponse<InputStream> events(String migration, @Nullable String lastEventId) throws Exception {
        HttpRequest.Builder request =
                request("/api/v1/migrations/" + migration + "/events", application.port(), VIEWER);
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return client.send(request.build(), BodyHandlers.ofInputStream());
    }

    private static HttpRequest.Builder request(String path, int port, @Nullable String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    @Override
    public void close() throws Exception {
        application.stop();
    }
}
