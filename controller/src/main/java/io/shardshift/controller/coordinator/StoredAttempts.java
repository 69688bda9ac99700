package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.Group;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.coordination.CoordinationException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Attempts by group, as stored: what is copied or compared counts for the attempt that was read before the chunk began [34]. */
final class StoredAttempts {
    record Attempts(Map<Integer, Long> byGroup) {}

    private final LeaderStore store;
    private final String node;

    StoredAttempts(LeaderStore store, MigrationRecord migration) {
        this.store = store;
        this.node = ZnodePaths.migration(migration.plan().name()) + "/attempts";
    }

    Map<Integer, Long> all() throws CoordinationException {
        return store.read(node, Attempts.class)
                .map(stored -> stored.value().byGroup())
                .orElse(Map.of());
    }

    /** A new attempt of that group. */
    void record(Group group) throws CoordinationException, LeadershipLost {
        Map<Integer, Long> attempts = new LinkedHashMap<>(all());
        attempts.merge(group.id().number(), 1L, Long::sum);
        store.put(node, new Attempts(attempts));
    }
}
