package io.shardshift.cli.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.failure.Failure;
import io.shardshift.cli.view.ProblemLayout;
import io.shardshift.plans.file.FieldLines;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls a controller. What it refuses and what does not answer becomes a {@link Failure} with the exit code that belongs
 * to it. Thread-safe. Redirects are not followed: the token would go with them.
 */
public final class ControllerClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    /** One slow try must not use up all patience. */
    private static final int LEAST_TRIES = 2;

    private static final Set<Integer> REFUSED = Set.of(409, 422);
    /** A controller that cannot answer now, or a proxy without a controller. */
    private static final Set<Integer> AWAY = Set.of(502, 503, 504);
    /** Why a controller cannot; any other code is about something else that is away, such as a shard. */
    private static final Set<String> AWAY_CODES = Set.of("NO_LEADER", "LEADERSHIP_LOST", "STORE_UNREACHABLE", "");

    /** With these nothing was begun; a store that was lost may have taken the command before. */
    private static final Set<String> UNSEEN_CODES = Set.of("NO_LEADER", "");

    private final HttpClient http;
    private final URI base;
    private final @Nullable String token;
    private final Pace pace;

    /** {@code base} without {@code /api/v1}. */
    public ControllerClient(URI base, @Nullable String token, Pace pace) {
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
        this.base = base;
        this.token = token;
        this.pace = pace;
    }

    /** A name as one segment of a path. */
    public static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public Reply call(Call call) {
        return call(call, pace.patience());
    }

    /**
     * Asks until there is an answer or {@code patience} has passed; twice at least. A call that must not be repeated is
     * tried again only while it is certain that no controller has seen it.
     */
    public Reply call(Call call, Duration patience) {
        long start = System.nanoTime();
        for (int tries = 1; ; tries++) {
            Failure away;
            try {
                HttpResponse<String> response = http.send(
                        call.on(request(call.path()), patience).build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
                if (response.statusCode() / 100 == 2) {
                    return new Reply(response.statusCode(), response.body(), parsed(call, response.body()));
                }
                away = refusal(call, response);
                boolean unseen = response.statusCode() == 503
                        && UNSEEN_CODES.contains(
                                parse(response.body()).path("code").asText());
                if (away.exitCode() != ExitCode.UNREACHABLE || !(call.repeatable() || unseen)) {
                    throw away;
                }
            } catch (ConnectException | HttpConnectTimeoutException e) {
                away = unreachable("No controller answers at " + base, e);
            } catch (IOException e) {
                if (!call.repeatable()) {
                    throw unknownOutcome(call, e);
                }
                away = unreachable("The controller at " + base + " did not answer " + call.method(), e);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
            if (tries >= LEAST_TRIES
                    && System.nanoTime() - start + pace.retryPause().toNanos() >= patience.toNanos()) {
                throw away;
            }
            awaitNextTry();
        }
    }

    /**
     * Opens a stream of server-sent events, after the event {@code lastEventId} if that is known. The caller closes the
     * body, whatever the status is.
     */
    public HttpResponse<InputStream> events(String path, @Nullable String lastEventId)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path).setHeader("Accept", "text/event-stream");
        if (lastEventId != null) {
            request.header("Last-Event-ID", lastEventId);
        }
        return http.send(request.GET().build(), BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder request(String path) {
        String root = base.toString().replaceAll("/+$", "");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + "/api/v1" + path))
                .header("Accept", "application/json, application/problem+json");
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return request;
    }

    private JsonNode parsed(Call call, String body) {
        JsonNode json = parse(body);
        if (json.isMissingNode() && !body.isBlank()) {
            throw notAController("The answer to " + call.method() + " " + call.path() + " is not JSON.");
        }
        return json;
    }

    private Failure refusal(Call call, HttpResponse<String> response) {
        int status = response.statusCode();
        JsonNode problem = parse(response.body());
        if (status == 404 && problem.path("code").isMissingNode()) {
            return notAController("Nothing at " + base + " answers " + call.method() + " " + call.path() + ".");
        }
        boolean away = AWAY.contains(status)
                && AWAY_CODES.contains(problem.path("code").asText());
        int exitCode = REFUSED.contains(status) ? ExitCode.REFUSED : away ? ExitCode.UNREACHABLE : ExitCode.FAILED;
        if (problem.isObject()) {
            addLines(call, problem);
            return new Failure(exitCode, ProblemLayout.ofProblem(problem, status, call.file()), response.body(), null);
        }
        return Failure.of(
                exitCode,
                "HTTP_" + status,
                call.method() + " " + call.path() + " was answered with status " + status + ".",
                null,
                status == 401 ? "set SHARDSHIFT_TOKEN to a token that the controller knows" : null,
                null);
    }

    /** What a controller finds after it has read a plan has a field and no line: the file is here. */
    private static void addLines(Call call, JsonNode problem) {
        String text = call.file() == null ? null : call.body();
        for (JsonNode error : problem.path("errors")) {
            if (text != null && error instanceof ObjectNode node && !node.hasNonNull("line")) {
                Integer line = FieldLines.of(text, node.path("field").asText());
                if (line != null) {
                    node.put("line", line);
                }
            }
        }
    }

    private Failure notAController(String what) {
        return Failure.of(
                ExitCode.FAILED,
                "NOT_A_CONTROLLER",
                what,
                null,
                "see whether SHARDSHIFT_URL, " + base + ", is the API's port of a Shardshift controller",
                null);
    }

    /** Missing for what is not JSON: a proxy's page, an empty body. */
    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException notJson) {
            return MissingNode.getInstance();
        }
    }

    private Failure unreachable(String what, IOException cause) {
        return Failure.of(
                ExitCode.UNREACHABLE,
                "CONTROLLER_UNREACHABLE",
                what + ".",
                cause.getMessage(),
                "start one, or set SHARDSHIFT_URL to where one listens",
                cause);
    }

    private static Failure unknownOutcome(Call call, IOException cause) {
        return Failure.of(
                ExitCode.UNREACHABLE,
                "OUTCOME_UNKNOWN",
                "The connection was lost while " + call.path() + " was under way: it may have taken effect.",
                cause.getMessage(),
                "look at the status before you send it again",
                cause);
    }

    /** The next try is scheduled; this thread waits for its turn and can be interrupted. */
    private void awaitNextTry() {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        turn.completeOnTimeout(null, pace.retryPause().toMillis(), TimeUnit.MILLISECONDS);
        try {
            turn.get();
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nothing completes it but the time", e);
        }
    }

    private static Failure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return Failure.of(ExitCode.FAILED, "INTERRUPTED", "Interrupted.", null, null, e);
    }
}
