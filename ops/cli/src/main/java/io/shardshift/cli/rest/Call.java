package io.shardshift.cli.rest;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request to the API.
 *
 * @param path below {@code /api/v1}
 * @param repeatable whether it may be sent again when its outcome is unknown
 * @param file what the body was read from, for messages
 */
public record Call(
        String method,
        String path,
        @Nullable String body,
        @Nullable String mediaType,
        boolean repeatable,
        @Nullable String file) {
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LEAST_TIMEOUT = Duration.ofSeconds(1);
    /** A preflight looks at each table of each shard before it answers. */
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(60);

    public static Call get(String path) {
        return new Call("GET", path, null, null, true, null);
    }

    /** A command without a body. */
    public static Call post(String path, boolean repeatable) {
        return new Call("POST", path, null, null, repeatable, null);
    }

    /** Not repeatable: after a lost answer, a second request would be told that there is nothing. */
    public static Call delete(String path) {
        return new Call("DELETE", path, null, null, false, null);
    }

    /** Sends a file; the same again changes nothing, so it may be repeated. */
    public static Call send(String method, String path, String body, String mediaType, String file) {
        return new Call(method, path, body, mediaType, true, file);
    }

    /** A read waits no longer for its answer than the caller has patience, but gives a slow controller a second. */
    HttpRequest.Builder on(HttpRequest.Builder request, Duration patience) {
        if (mediaType != null) {
            request.header("Content-Type", mediaType);
        }
        Duration read = patience.compareTo(LEAST_TIMEOUT) < 0 ? LEAST_TIMEOUT : patience;
        return request.timeout(!method.equals("GET") ? CHANGE_TIMEOUT : min(read, READ_TIMEOUT))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
