package io.shardshift.controller.resources;

import io.shardshift.api.codec.Json;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends {@link EventLog}s as {@code text/event-stream}. Each open stream holds its request thread, so their number is
 * bounded. Thread-safe.
 */
final class EventStreams {
    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);
    static final String MEDIA_TYPE = "text/event-stream";
    /** How long a stream may go on after {@link #stop}: far below the server's grace period. */
    private static final Duration LOOK_FOR_STOP = Duration.ofMillis(250);

    private final Semaphore free;
    private final Duration heartbeat;
    private final BooleanSupplier leads;
    private volatile boolean stopping;

    /**
     * No stream is open.
     *
     * @param most streams at once
     * @param heartbeat silence after which a comment is sent: below the connector's idle timeout and that of proxies
     * @param leads streams end where it is false: nothing happens here any more, a client that comes back is forwarded
     */
    EventStreams(int most, Duration heartbeat, BooleanSupplier leads) {
        this.free = new Semaphore(most);
        this.heartbeat = heartbeat;
        this.leads = leads;
    }

    /** Follows {@code log} after {@code lastEventId}, or from its newest status; ends with the log or the client. */
    Response open(EventLog log, @Nullable String lastEventId) throws ProblemException {
        long after =
                lastEventId == null || lastEventId.isEmpty() ? EventLog.FROM_THE_NEWEST_STATUS : parse(lastEventId);
        StreamingOutput body = output -> {
            try {
                follow(log, after, output);
            } finally {
                free.release();
            }
        };
        if (!free.tryAcquire()) {
            throw new ProblemException(
                    Problem.of(ErrorCode.THROTTLED, "All event streams of this controller are in use")
                            .remedy("ask for the status instead, or come back when another client has gone"));
        }
        return Response.ok(body, MEDIA_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-cache")
                .header("X-Accel-Buffering", "no")
                .build();
    }

    /** Ends the streams that are open, soon; clients come back with the id of the last event they saw. */
    void stop() {
        stopping = true;
    }

    /** Streams that could still be opened. */
    int free() {
        return free.availablePermits();
    }

    private void follow(EventLog log, long lastSeen, OutputStream output) {
        long after = lastSeen;
        try {
            comment(output, "events"); // the response's head reaches the client before the first event
            long silentSince = System.nanoTime();
            while (!stopping && leads.getAsBoolean() && !log.isAtEnd(after)) {
                Optional<EventLog.Event> event = log.next(after, LOOK_FOR_STOP);
                if (event.isPresent()) {
                    after = event.get().id();
                    send(output, event.get());
                    silentSince = System.nanoTime();
                } else if (System.nanoTime() - silentSince >= heartbeat.toNanos()) {
                    comment(output, "heartbeat");
                    silentSince = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server stops its threads: the stream ends
        } catch (IOException e) {
            LOG.debug("The client of an event stream has gone", e); // how streams usually end
        }
    }

    private static void send(OutputStream output, EventLog.Event event) throws IOException {
        String data = new String(Json.write(event.data()), StandardCharsets.UTF_8); // one line: JSON escapes line ends
        write(output, "id: " + event.id() + "\nevent: " + event.type() + "\ndata: " + data + "\n\n");
    }

    private static void comment(OutputStream output, String text) throws IOException {
        write(output, ": " + text + "\n\n");
    }

    private static void write(OutputStream output, String text) throws IOException {
        output.write(text.getBytes(StandardCharsets.UTF_8));
        output.flush();
    }

    private static long parse(String lastEventId) throws ProblemException {
        try {
            return Long.parseLong(lastEventId);
        } catch (NumberFormatException e) {
            throw new ProblemException(
                    Problem.of(ErrorCode.BAD_REQUEST, "Last-Event-ID is not a number, as ids of this API are")
                            .remedy("give the id of the last event that was received, or leave the header out"),
                    e);
        }
    }
}
