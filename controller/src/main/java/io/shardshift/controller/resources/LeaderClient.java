package io.shardshift.controller.resources;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Sends requests on to the leader, each once, bounded in time. Thread-safe. */
final class LeaderClient {
    /** The leader is in the same network. */
    private static final Duration CONNECT = Duration.ofSeconds(2);

    /** Reads are answered from memory and ZooKeeper; a leader that stands still longer is replaced meanwhile. */
    private static final Duration READ = Duration.ofSeconds(5);

    /** A command waits up to 20 s for its migration's loop; submitting one prepares shards and runs all checks. */
    private static final Duration CHANGE = Duration.ofSeconds(60);

    private static final List<String> REQUEST_HEADERS =
            List.of(HttpHeaders.AUTHORIZATION, HttpHeaders.ACCEPT, HttpHeaders.CONTENT_TYPE, "Last-Event-ID");
    private static final List<String> RESPONSE_HEADERS = List.of(
            HttpHeaders.RETRY_AFTER,
            HttpHeaders.ALLOW,
            HttpHeaders.CACHE_CONTROL,
            HttpHeaders.WWW_AUTHENTICATE,
            "X-Accel-Buffering");
    private static final Set<String> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    /** The leader has not looked at the request: it may be sent again. */
    static final class NotTaken extends Exception {
        NotTaken(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** The request may have reached the leader, the answer has not come. */
    static final class AnswerLost extends Exception {
        AnswerLost(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** An answer's body: whole, or events as they come. */
    private record Body(byte[] whole, @Nullable PipedEvents events) {}

    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final BooleanSupplier goesOn;

    /** @param goesOn event streams that are piped through end soon after it is false */
    LeaderClient(BooleanSupplier goesOn) {
        this.goesOn = goesOn;
    }

    /** Whether the request changes nothing, so that it may be sent again. */
    static boolean reads(ContainerRequestContext request) {
        return READING.contains(request.getMethod());
    }

    /** The leader's answer; its event streams are read while the answer is written. */
    Response send(URI leader, ContainerRequestContext request, byte[] body, String sender)
            throws NotTaken, AnswerLost, InterruptedException {
        Duration patience = reads(request) ? READ : CHANGE;
        URI path = request.getUriInfo().getRequestUri();
        HttpRequest.Builder sent = HttpRequest.newBuilder(URI.create(leader + pathAndQuery(path)))
                .timeout(patience)
                .method(
                        request.getMethod(),
                        body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                .header(ForwardingFilter.FORWARDED_FOR, sender);
        for (String name : REQUEST_HEADERS) {
            String value = request.getHeaderString(name);
            if (value != null) {
                sent.header(name, value);
            }
        }
        boolean maySendEvents = request.getMethod().equals(HttpMethod.GET);
        CompletableFuture<HttpResponse<Body>> answer =
                http.sendAsync(sent.build(), info -> bodyOf(info, maySendEvents && info.statusCode() == 200));
        try {
            HttpResponse<Body> response = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (response.headers().firstValue(ForwardingFilter.NOT_LEADING).isPresent()) {
                throw new NotTaken(leader + " does not lead any more", null);
            }
            return response(response);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
                throw new NotTaken("the leader at " + leader + " cannot be reached", cause);
            }
            if (cause instanceof IOException) {
                throw new AnswerLost("the leader at " + leader + " did not answer: " + cause.getMessage(), cause);
            }
            throw new IllegalStateException("the request could not be forwarded to " + leader, cause);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new AnswerLost(
                    "the leader at " + leader + " did not answer within " + patience.toSeconds() + " s", e);
        }
    }

    private static String pathAndQuery(URI uri) {
        return uri.getRawQuery() == null ? uri.getRawPath() : uri.getRawPath() + "?" + uri.getRawQuery();
    }

    private BodySubscriber<Body> bodyOf(ResponseInfo info, boolean maySendEvents) {
        String type = info.headers().firstValue(HttpHeaders.CONTENT_TYPE).orElse("");
        if (maySendEvents && type.toLowerCase(Locale.ROOT).startsWith(EventStreams.MEDIA_TYPE)) {
            return BodySubscribers.mapping(new PipedEvents(goesOn), events -> new Body(new byte[0], events));
        }
        return BodySubscribers.mapping(BodySubscribers.ofByteArray(), whole -> new Body(whole, null));
    }

    private static Response response(HttpResponse<Body> from) {
        Response.ResponseBuilder response = Response.status(from.statusCode());
        from.headers().firstValue(HttpHeaders.CONTENT_TYPE).ifPresent(type -> response.type(MediaType.valueOf(type)));
        from.headers()
                .firstValue(HttpHeaders.LOCATION)
                .ifPresent(location -> response.location(URI.create(pathAndQuery(URI.create(location)))));
        for (String name : RESPONSE_HEADERS) {
            from.headers().firstValue(name).ifPresent(value -> response.header(name, value));
        }
        PipedEvents events = from.body().events();
        if (events != null) {
            response.entity(events);
        } else if (from.body().whole().length > 0) {
            response.entity(from.body().whole());
        }
        return response.build();
    }
}
