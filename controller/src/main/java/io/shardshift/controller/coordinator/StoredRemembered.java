package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.check.Remembered;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import java.util.Optional;

/** What checks saw earlier, in the migration's node: it ends with the migration, and a new leader finds it. Thread-safe. */
final class StoredRemembered implements Remembered {
    private record Text(String text) {}

    private final LeaderStore store;
    private final String node;

    StoredRemembered(LeaderStore store, MigrationName migration) {
        this.store = store;
        this.node = ZnodePaths.migration(migration) + "/remembered";
    }

    @Override
    public Optional<String> get(String name) throws ProblemException {
        try {
            return store.read(node + "/" + name, Text.class)
                    .map(stored -> stored.value().text());
        } catch (CoordinationException e) {
            throw StoreProblems.goesOn(e);
        }
    }

    @Override
    public void put(String name, String text) throws ProblemException {
        try {
            store.ensure(node);
            store.put(node + "/" + name, new Text(text));
        } catch (CoordinationException | LeadershipLost e) {
            throw StoreProblems.goesOn(e);
        }
    }
}
