package io.shardshift.controller.resources;

import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event stream of the leader's on its way to a client: what comes is written and flushed at once, one piece at a time,
 * so that a slow client holds the leader's stream back and nothing piles up here. Ends with either side, or when the leader
 * has been silent for longer than its heartbeats allow. The HTTP client's threads fill it, one request thread writes it.
 */
final class PipedEvents implements BodySubscriber<PipedEvents>, StreamingOutput {
    private static final Logger LOG = LoggerFactory.getLogger(PipedEvents.class);
    private static final Duration LOOK = Duration.ofMillis(250);

    /** The leader sends a sign of life each 10 s. */
    private static final Duration SILENCE = Duration.ofSeconds(25);

    private static final List<ByteBuffer> END = List.of();

    /** One piece is asked for at a time; the other place is for the end. */
    private final BlockingQueue<List<ByteBuffer>> pieces = new ArrayBlockingQueue<>(2);

    private final BooleanSupplier goesOn;
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean ended;

    PipedEvents(BooleanSupplier goesOn) {
        this.goesOn = goesOn;
    }

    @Override
    public CompletionStage<PipedEvents> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (ended) {
            given.cancel();
        } else {
            given.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> piece) {
        if (!pieces.offer(piece)) {
            throw new IllegalStateException("a piece came that was not asked for");
        }
    }

    @Override
    public void onError(Throwable thrown) {
        LOG.debug("The leader's event stream broke off", thrown); // the client comes back with its last event's id
        pieces.offer(END);
    }

    @Override
    public void onComplete() {
        pieces.offer(END);
    }

    @Override
    public void write(OutputStream output) {
        long silentSince = System.nanoTime();
        try {
            while (goesOn.getAsBoolean()) {
                List<ByteBuffer> piece = pieces.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (piece == null) {
                    if (System.nanoTime() - silentSince > SILENCE.toNanos()) {
                        return;
                    }
                    continue;
                }
                if (piece.isEmpty()) {
                    return;
                }
                silentSince = System.nanoTime();
                for (ByteBuffer buffer : piece) {
                    byte[] bytes = new byte[buffer.remaining()];
                    buffer.get(bytes);
                    output.write(bytes);
                }
                output.flush();
                askForOne();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server stops its threads: the stream ends
        } catch (IOException e) {
            LOG.debug("The client of an event stream has gone", e); // how streams usually end
        } finally {
            end();
        }
    }

    private void askForOne() {
        Flow.Subscription known = subscription;
        if (known != null) {
            known.request(1);
        }
    }

    private void end() {
        ended = true;
        Flow.Subscription known = subscription;
        if (known != null) {
            known.cancel();
        }
    }
}
