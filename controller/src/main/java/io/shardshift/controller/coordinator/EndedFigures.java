package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.coordination.CoordinationException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Figures of migrations that have ended, read once each: they do not change any more. Thread-safe. */
final class EndedFigures {
    private record Known(MigrationId id, StoredFigures figures) {}

    private final Map<MigrationName, Known> known = new ConcurrentHashMap<>();

    StoredFigures figures(LeaderStore store, MigrationRecord ended) throws CoordinationException {
        Known found = known.get(ended.plan().name());
        if (found == null || !found.id().equals(ended.id())) { // the name may have been given again
            found = new Known(ended.id(), StoredFigures.read(store, ended));
            known.put(ended.plan().name(), found);
        }
        return found.figures();
    }

    void forget(MigrationName migration) {
        known.remove(migration);
    }
}
