package io.shardshift.lab.cli;

import static org.awaitility.Awaitility.await;

import io.shardshift.cluster.TestCluster;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A controller in a process of its own, as an operator starts it: configured by its environment alone. */
final class ControllerProcess implements AutoCloseable {
    static final String OPERATOR = "operator-of-the-cli-test";
    static final String VIEWER = "viewer-of-the-cli-test";

    private final Process process;
    private final Path log;
    private final int port;
    private final HttpClient http = HttpClient.newHttpClient();

    private ControllerProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** Starts one on the test's ZooKeeper that knows {@code credentials}, and waits until it is ready. */
    static ControllerProcess start(Path directory, Map<String, String> credentials) throws IOException {
        int port = freePort();
        int adminPort = freePort();
        ProcessBuilder builder = new ProcessBuilder(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "io.shardshift.controller.ControllerMain");
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment()
                .put("SHARDSHIFT_ZOOKEEPER", TestCluster.zookeeper().connectString());
        builder.environment().put("SHARDSHIFT_PORT", Integer.toString(port));
        builder.environment().put("SHARDSHIFT_ADMIN_PORT", Integer.toString(adminPort));
        builder.environment().put("SHARDSHIFT_OPERATOR_TOKEN", OPERATOR);
        builder.environment().put("SHARDSHIFT_VIEWER_TOKEN", VIEWER);
        builder.environment().putAll(credentials);
        Path log = directory.resolve("controller.log");
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        ControllerProcess controller = new ControllerProcess(builder.start(), log, port);
        await().atMost(Duration.ofSeconds(60))
                .failFast("the controller ended", () -> !controller.process.isAlive())
                .until(() -> controller.isReady(adminPort));
        return controller;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean isReady(int adminPort) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/healthcheck"))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** One request with the operator's token, past the command and its own checks. */
    HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(url() + "/api/v1" + path))
                        .header("Authorization", "Bearer " + OPERATOR)
                        .header("Content-Type", "application/yaml")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
