package io.shardshift.controller.resources;

import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
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

    String url() {
        return "http://127.0.0.1:" + application.port();
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

    /** A POST of a dry run with one header more. */
    HttpResponse<String> withHeader(String path, String name, String value) throws Exception {
        HttpRequest.Builder request = request("/api/v1" + path + "?dryRun=true", application.port(), OPERATOR)
                .method("POST", BodyPublishers.ofString("{\"migration\": \"dry\"}"))
                .header(name, value);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    /** What the server answers to these very bytes, until it closes the connection. */
    String raw(String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", application.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
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
