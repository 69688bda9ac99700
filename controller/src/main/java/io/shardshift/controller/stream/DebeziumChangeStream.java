package io.shardshift.controller.stream;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.stream.StreamException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link ChangeStream} by one Debezium engine. The engine's position is thrown away: each event carries its own, and the
 * caller says which one counts. The engine never survives a lost server; it ends, and so does the stream.
 */
final class DebeziumChangeStream implements ChangeStream {
    private static final Logger LOG = LoggerFactory.getLogger(DebeziumChangeStream.class);
    private static final AtomicLong NEXT = new AtomicLong();

    /** A few batches: enough that the applier never waits for Debezium's thread, small beside the heap of 512 MiB. */
    private static final int QUEUE_ITEMS = 8_192;

    private static final long QUEUE_BYTES = 16L << 20;
    private static final int EVENTS_PER_POLL = 2_048;

    /**
     * The server gives a sign of life each 0.8 s. A connection that it closed between two events ends nothing in Debezium:
     * silence is all there is to see. Above a pause of the collector, below what a person takes for a stop.
     */
    private static final Duration SILENCE = Duration.ofSeconds(4);

    /** The same until the first event: the first engine of a JVM was seen to take 5 s, on a busy machine more. */
    private static final Duration FIRST_SILENCE = Duration.ofSeconds(30);

    /** An engine was seen to take 12 s to let go of a server that had stopped answering. */
    private static final int CLOSE_TRIES = 300;

    private static final int CLOSE_PAUSE_MILLIS = 100;

    private final StreamStart start;
    private final EngineSeat seat;
    private final EventReader reader;
    private final EventQueue queue = new EventQueue(QUEUE_ITEMS, QUEUE_BYTES);
    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private final Timing timing;
    private final CountDownLatch startedOrEnded = new CountDownLatch(1);
    private volatile boolean learnedSchemas;
    private volatile boolean taking;
    private volatile boolean heard;
    private volatile long heardNanos;
    private volatile @Nullable StreamException failure;

    private DebeziumChangeStream(StreamStart start, ShardLogin login, Timing timing, int namedAtOnce) {
        // Names of engines are alive only as long as the engine: the position that is stored knows none.
        String name = "shardshift-" + NEXT.incrementAndGet();
        this.start = start;
        this.timing = timing;
        this.heardNanos = timing.nanoTime();
        this.learnedSchemas = !start.stored().schemaHistory().isEmpty();
        this.seat = new EngineSeat(name, start.stored());
        this.reader = new EventReader(name, login.schema(), start.tables());
        this.engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(EngineSettings.of(name, start, login, seat, namedAtOnce))
                .using(this::engineEnded)
                .using(new DebeziumEngine.ConnectorCallback() {
                    @Override
                    public void pollingStarted() {
                        startedOrEnded.countDown();
                    }
                })
                .notifying(this::take)
                .build();
    }

    /** @param namedAtOnce rows that are read at once where rows are named */
    static DebeziumChangeStream start(
            StreamStart start, ShardLogin login, Executor executor, Timing timing, int namedAtOnce) {
        DebeziumChangeStream stream = new DebeziumChangeStream(start, login, timing, namedAtOnce);
        executor.execute(stream.engine);
        return stream;
    }

    /** On Debezium's thread: nothing is done here but to put events into the queue. */
    private void take(
            List<RecordChangeEvent<SourceRecord>> records, RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        taking = true; // perhaps for long, when the queue is full
        for (RecordChangeEvent<SourceRecord> record : records) {
            for (ChangeEvent event : reader.read(record.record())) {
                if (!(event instanceof ChangeEvent.Idle)) {
                    learnedSchemas = true; // rows come only after all captured tables were learned
                }
                queue.put(event);
            }
            committer.markProcessed(record);
        }
        committer.markBatchFinished();
        heardNanos = timing.nanoTime();
        heard = true;
        taking = false;
    }

    private void engineEnded(boolean success, String message, @Nullable Throwable error) {
        boolean purged =
                mentions(error, "purged required binary logs") || mentions(error, "no longer available on the server");
        failure = new StreamException(
                purged ? Kind.POSITION_LOST : Kind.BROKEN,
                start.shard(),
                success ? "ended" : rootMessage(message, error),
                error);
        queue.end();
        startedOrEnded.countDown();
    }

    private static boolean mentions(@Nullable Throwable error, String words) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && cause.getMessage().contains(words)) {
                return true;
            }
        }
        return false;
    }

    private static String rootMessage(String message, @Nullable Throwable error) {
        Throwable root = error;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return root == null ? message : message + ": " + root;
    }

    @Override
    public List<ChangeEvent> poll(Duration atMost) throws StreamException, InterruptedException {
        List<ChangeEvent> events = queue.poll(atMost, EVENTS_PER_POLL);
        StreamException ended = failure;
        if (events.isEmpty() && ended != null) {
            throw ended;
        }
        if (events.isEmpty() && !taking) {
            requireSound();
        }
        return events;
    }

    private void requireSound() throws StreamException {
        Duration silent = Duration.ofNanos(timing.nanoTime() - heardNanos);
        if (silent.compareTo(heard ? SILENCE : FIRST_SILENCE) > 0) {
            throw new StreamException(
                    Kind.BROKEN, start.shard(), "no sign of life for " + silent.toMillis() + " ms", null);
        }
    }

    @Override
    public void markDone(StreamPosition position) {
        // The binlog is kept by the server's own rules: nobody upstream waits for this.
    }

    @Override
    public List<String> schemaHistory() {
        return learnedSchemas ? seat.history() : List.of();
    }

    /** Waits until the engine has let go: two engines on one history would disturb each other. */
    @Override
    public void close() {
        boolean interrupted = false;
        for (int i = 0; i < CLOSE_TRIES && failure == null; i++) {
            try {
                // an engine that is closed while it starts was seen to hang for a minute
                if (startedOrEnded.await(CLOSE_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    closeEngine();
                    queue.awaitEnd(CLOSE_PAUSE_MILLIS);
                }
            } catch (InterruptedException e) {
                interrupted = true; // told again at the end: an engine is not left behind
            }
        }
        if (failure == null) {
            LOG.warn("The stream of {} did not end; its thread may be left", start.shard());
        }
        queue.end();
        seat.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeEngine() {
        try {
            engine.close();
        } catch (IOException | IllegalStateException e) {
            LOG.debug("the engine cannot be closed in its present state", e); // it starts, or has ended by itself
        }
    }
}
