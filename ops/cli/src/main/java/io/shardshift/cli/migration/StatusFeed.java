package io.shardshift.cli.migration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardshift.cli.rest.ControllerClient;
import io.shardshift.cli.rest.Pace;
import io.shardshift.cli.rest.ServerSentEvents;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hears a migration's events on a thread of its own and resumes after the last one when the stream breaks. {@link #next}
 * is for one other thread. Whether the controller is away for good is not decided here: whoever hears nothing asks.
 */
final class StatusFeed implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Far more than a terminal falls behind; when it is full the reader waits, and then TCP, and then the controller. */
    private static final int QUEUE_LENGTH = 64;

    private final ControllerClient controller;
    private final String path;
    private final Pace pace;
    /** A status, or empty: something has happened, ask. */
    private final BlockingQueue<Optional<JsonNode>> queue = new ArrayBlockingQueue<>(QUEUE_LENGTH);

    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean open;
    private @Nullable String lastEventId; // of the reader's thread alone

    /** {@code path} of the events. Starts the thread, a daemon. */
    StatusFeed(ControllerClient controller, String path, Pace pace) {
        this.controller = controller;
        this.path = path;
        this.pace = pace;
        this.thread = new Thread(this::hear, "status-events");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The status that came next; empty when it must be asked for: after an event of another kind, or when nothing came
     * for so long that a poll is due. Waits no longer than {@code limit}.
     */
    Optional<JsonNode> next(Duration limit) throws InterruptedException {
        Duration pause = open ? pace.quietPause() : pace.pollPause();
        long nanos = Math.min(limit.toNanos(), pause.toNanos());
        Optional<JsonNode> status = queue.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        return status == null ? Optional.empty() : status;
    }

    private void hear() {
        try {
            do {
                try {
                    hearOneStream();
                } catch (IOException broken) {
                    // Streams break; the next one resumes. If the controller is gone, the watch finds out and says why.
                    open = false;
                }
            } while (!closing.await(pace.retryPause().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // close() has no more use for this thread
        }
    }

    private void hearOneStream() throws IOException, InterruptedException {
        HttpResponse<InputStream> response = controller.events(path, lastEventId);
        try (ServerSentEvents events = new ServerSentEvents(response.body())) {
            String type = response.headers().firstValue("Content-Type").orElse("");
            if (response.statusCode() != 200 || !type.startsWith("text/event-stream")) {
                return; // no stream to be had: the watch goes on by polling
            }
            open = true;
            if (lastEventId == null) {
                queue.put(Optional.empty()); // what happened before the stream was open was in none
            }
            for (var event = events.next(); event.isPresent() && closing.getCount() > 0; event = events.next()) {
                lastEventId = event.get().id();
                queue.put(status(event.get()));
            }
        } finally {
            open = false;
        }
    }

    private static Optional<JsonNode> status(ServerSentEvents.Event event) {
        if (!event.name().equals("status")) {
            return Optional.empty();
        }
        try {
            JsonNode status = JSON.readTree(event.data());
            return status.hasNonNull("phase") && status.hasNonNull("state") ? Optional.of(status) : Optional.empty();
        } catch (JsonProcessingException notAStatus) {
            return Optional.empty(); // asked for instead: a GET says what is wrong, if anything is
        }
    }

    @Override
    public void close() {
        closing.countDown();
        thread.interrupt();
    }
}
