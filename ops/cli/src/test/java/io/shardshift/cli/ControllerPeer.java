package io.shardshift.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A real HTTP server that gives recorded answers; the last one that was recorded for a request is given for ever. */
final class ControllerPeer implements AutoCloseable {
    /** A request as it arrived. */
    record Request(
            String line,
            String body,
            @Nullable String type,
            @Nullable String token,
            @Nullable String lastEventId) {}

    /** What to do with a request. */
    @FunctionalInterface
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Queue<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    ControllerPeer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Request> requests() {
        return requests;
    }

    /** How often {@code line}, such as {@code GET /api/v1/migrations}, has been asked. */
    long count(String line) {
        return requests.stream().filter(request -> request.line().equals(line)).count();
    }

    ControllerPeer on(String line, Answer... given) {
        answers.computeIfAbsent(line, key -> new ConcurrentLinkedQueue<>()).addAll(List.of(given));
        return this;
    }

    static Answer json(int status, String body) {
        return answer(status, status < 400 ? "application/json" : "application/problem+json", body);
    }

    static Answer answer(int status, String type, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** Ends the connection without a word. */
    static Answer hangUp() {
        return exchange -> {};
    }

    /** Sends {@code text} as a stream of events, which then ends. */
    static Answer stream(String text) {
        return exchange -> write(exchange, text);
    }

    /** Sends {@code text} as a stream of events, which stays open until this server is closed. */
    Answer openStream(String text) {
        return exchange -> {
            write(exchange, text);
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private static void write(HttpExchange exchange, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = exchange.getResponseBody();
        body.write(text.getBytes(StandardCharsets.UTF_8));
        body.flush();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            var headers = exchange.getRequestHeaders();
            requests.add(new Request(
                    line,
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                    headers.getFirst("Content-Type"),
                    headers.getFirst("Authorization"),
                    headers.getFirst("Last-Event-ID")));
            Queue<Answer> recorded = answers.getOrDefault(line, new ConcurrentLinkedQueue<>());
            Answer next = recorded.size() > 1 ? recorded.poll() : recorded.peek();
            (next == null ? json(404, "{\"code\": \"NOT_FOUND\", \"title\": \"Nothing here\"}") : next).to(exchange);
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
