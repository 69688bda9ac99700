package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.resources.EventLog;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The event log of each migration that this process has heard of. Thread-safe. */
final class EventLogs {
    private static final int KEPT_EVENTS = 500;

    private final Timing timing;
    private final Map<MigrationName, EventLog> logs = new ConcurrentHashMap<>();

    EventLogs(Timing timing) {
        this.timing = timing;
    }

    EventLog of(MigrationName migration) {
        return logs.computeIfAbsent(
                migration, any -> new EventLog(KEPT_EVENTS, timing.now().toEpochMilli()));
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
