package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.copy.ProgressStore;
import io.shardshift.controller.copy.TableProgress;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Progress of copy or verification, a znode for each table and pair. Thread-safe.
 *
 * @param kind {@code copy} or {@code verification}
 */
record ProgressNodes(LeaderStore store, MigrationName migration, String kind) implements ProgressStore {
    private String path(ShardName source, ShardName target, String table) {
        return ZnodePaths.progress(migration) + "/" + kind + "-" + source + "-" + target + "-"
                + HexFormat.of().formatHex(table.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Optional<TableProgress> read(ShardName source, ShardName target, String table) throws ProblemException {
        try {
            return store.read(path(source, target, table), TableProgress.class).map(LeaderStore.Stored::value);
        } catch (CoordinationException e) {
            throw StoreProblems.goesOn(e);
        }
    }

    @Override
    public void write(TableProgress progress) throws ProblemException {
        try {
            store.ensure(ZnodePaths.progress(migration));
            store.put(path(progress.source(), progress.target(), progress.table()), progress);
        } catch (CoordinationException | LeadershipLost e) {
            throw StoreProblems.goesOn(e);
        }
    }
}
