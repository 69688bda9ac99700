package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.resources.EventLog;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event log of each migration that this process has heard of. A status goes into it when the stored state changes, when
 * somebody begins to read, and each second while somebody does; never twice the same. Thread-safe; {@link #run} is for one
 * thread of the wiring's.
 */
final class EventLogs {
    private static final Logger LOG = LoggerFactory.getLogger(EventLogs.class);
    private static final int KEPT_EVENTS = 500;
    /** What is counted changes all the time: more often would only be noise. */
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    /** Makes the status document of a migration as it is now. */
    @FunctionalInterface
    interface Statuses {
        JsonNode of(String migration) throws ProblemException;
    }

    private final Statuses statuses;
    private final Timing timing;
    private final Map<MigrationName, EventLog> logs = new ConcurrentHashMap<>();

    EventLogs(Statuses statuses, Timing timing) {
        this.statuses = statuses;
        this.timing = timing;
    }

    /** The log, with the present status in it. Throws what the status throws, and then keeps no log. */
    EventLog of(MigrationName migration) throws ProblemException {
        statuses.of(migration.value());
        EventLog log = log(migration);
        append(log, migration);
        return log;
    }

    private EventLog log(MigrationName migration) {
        return logs.computeIfAbsent(
                migration, any -> new EventLog(KEPT_EVENTS, timing.now().toEpochMilli()));
    }

    /** One at a time for each log: a status that was made earlier never comes later. */
    private void append(EventLog log, MigrationName migration) throws ProblemException {
        synchronized (log) {
            log.appendIfNews(statuses.of(migration.value()));
        }
    }

    /** The status has changed. */
    void changed(MigrationName migration) {
        appendOrWarn(log(migration), migration);
    }

    private void appendOrWarn(EventLog log, MigrationName migration) {
        try {
            append(log, migration);
        } catch (ProblemException e) {
            LOG.warn("no event of {} now: {}", migration, e.problem()); // whoever watches polls too
        }
    }

    /** Tells those who read of what has changed, until {@code goesOn} answers false. */
    void run(BooleanSupplier goesOn) throws InterruptedException {
        while (goesOn.getAsBoolean()) {
            tellReaders();
            timing.pause(BETWEEN);
        }
    }

    /** A status costs a read of every agent's node, so it is made only where somebody waits for it. */
    void tellReaders() {
        logs.forEach((migration, log) -> {
            try {
                if (log.wasRead()) {
                    appendOrWarn(log, migration);
                }
            } catch (RuntimeException e) {
                LOG.error("{}: its status could not be made, a bug", migration, e);
            }
        });
    }

    void forget(MigrationName migration) {
        EventLog log = logs.remove(migration);
        if (log != null) {
            log.close();
        }
    }

    void close() {
        logs.values().forEach(EventLog::close);
    }
}
