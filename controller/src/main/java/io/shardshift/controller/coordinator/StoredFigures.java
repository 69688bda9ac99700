package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.shardshift.api.codec.Json;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.copy.TableProgress;
import io.shardshift.controller.copy.WorkProgress;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.coordination.CoordinationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Copy and verification as they are stored, for the status of a migration that has ended or was led by another controller:
 * sums over the nodes from which the work itself would go on, a node for each table and pair however many rows there are.
 * Null is "has not begun". What counted for an attempt that is over does not count [34].
 */
record StoredFigures(@Nullable WorkProgress copy, @Nullable WorkProgress verification) {
    static final StoredFigures NONE = new StoredFigures(null, null);

    static StoredFigures read(LeaderStore store, MigrationRecord migration) throws CoordinationException {
        Map<Integer, Long> attempts = new StoredAttempts(store, migration).all();
        Set<ShardName> sources = migration.groups().stream().map(Group::source).collect(Collectors.toUnmodifiableSet());
        List<TableProgress> copy = new ArrayList<>();
        List<TableProgress> verification = new ArrayList<>();
        List<TableProgress> back = new ArrayList<>(); // of a rollback: source and target are exchanged
        String nodes = ZnodePaths.progress(migration.plan().name());
        for (String node : store.children(nodes)) {
            Optional<TableProgress> stored =
                    store.read(nodes + "/" + node, TableProgress.class).map(LeaderStore.Stored::value);
            if (stored.isEmpty() || !countsFor(attempts, stored.get())) {
                continue;
            }
            if (node.startsWith("copy-")) {
                copy.add(stored.get());
            } else {
                (sources.contains(stored.get().source()) ? verification : back).add(stored.get());
            }
        }
        return new StoredFigures(sum(copy), sum(back.isEmpty() ? verification : back));
    }

    private static boolean countsFor(Map<Integer, Long> attempts, TableProgress progress) {
        return progress.attempts().entrySet().stream()
                .allMatch(one -> attempts.getOrDefault(one.getKey(), 0L).equals(one.getValue()));
    }

    private static @Nullable WorkProgress sum(List<TableProgress> all) {
        return all.isEmpty() ? null : WorkProgress.of(all, all.stream().allMatch(TableProgress::done), null);
    }

    /** {@code copy} of the status document. */
    static @Nullable JsonNode copyDocument(@Nullable WorkProgress progress) {
        return progress == null ? null : Json.tree(progress);
    }

    /** {@code verification} of the status document. */
    static @Nullable JsonNode verificationDocument(@Nullable WorkProgress progress) {
        return progress == null
                ? null
                : JsonNodeFactory.instance
                        .objectNode()
                        .put("rowsCompared", progress.rows())
                        .put("rowsTotal", progress.rowsTotal())
                        .put("rowsPerSecond", progress.rowsPerSecond())
                        .put("averageRowsPerSecond", progress.averageRowsPerSecond())
                        .put("etaSeconds", progress.etaSeconds())
                        .put("done", progress.done())
                        .put("differences", progress.differences())
                        .put("repaired", progress.repaired());
    }
}
