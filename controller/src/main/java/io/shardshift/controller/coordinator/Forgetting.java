package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes an ended migration out of the store, with all that is below it and its name in the keyspace: one transaction, for a
 * record without its state would be neither one that ended nor one that is gone. Stateless.
 */
final class Forgetting {
    /** What still ran when the migration ended may add a node between the list and the transaction. */
    private static final int TRIES = 5;

    private Forgetting() {}

    /** Whether the record has lost its state: an earlier version deleted node by node, and its leader may have died meanwhile. */
    static boolean isHalfForgotten(LeaderStore store, MigrationName migration) throws CoordinationException {
        return !store.exists(ZnodePaths.state(migration));
    }

    /** Throws MIGRATION_RUNNING unless it has ended and nothing of it is being purged. */
    static void requireForgettable(String migration, JsonNode status) throws ProblemException {
        if (!List.of("COMPLETED", "ROLLED_BACK", "FAILED")
                .contains(status.path("state").asText())) {
            throw new ProblemException(Problem.of(
                            ErrorCode.MIGRATION_RUNNING, "Migration {} has not ended. Nothing has changed.", migration)
                    .remedy("let it end, or roll it back"));
        }
        if (status.path("purge").path("state").asText().equals("RUNNING")) {
            throw new ProblemException(Problem.of(
                            ErrorCode.MIGRATION_RUNNING,
                            "Rows that migration {} moved away are being purged. Nothing has changed.",
                            migration)
                    .remedy("wait until purge in its status is DONE"));
        }
    }

    static void requireNotHalfForgotten(LeaderStore store, MigrationName migration)
            throws CoordinationException, ProblemException {
        if (isHalfForgotten(store, migration)) {
            throw new ProblemException(Problem.of(
                            ErrorCode.MIGRATION_NAME_TAKEN,
                            "Migration {} was not wholly forgotten. Nothing has changed.",
                            migration)
                    .remedy("shardshift forget {}", migration));
        }
    }

    /**
     * Forgets {@code migration}, of which the caller knows that it has ended, or that it is half forgotten. Throws
     * MIGRATION_RUNNING while it still holds its keyspace.
     */
    static void forget(LeaderStore store, MigrationRecord migration)
            throws CoordinationException, LeadershipLost, ProblemException {
        for (int tries = 1; ; tries++) {
            List<Operation> operations = new ArrayList<>();
            addDeletes(store, ZnodePaths.migration(migration.plan().name()), operations);
            operations.add(withoutIt(store, migration));
            try {
                store.write(operations);
                return;
            } catch (CoordinationException e) {
                if (e.kind() != CoordinationException.Kind.CONFLICT || tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** Children first: a transaction is done in its order, and a node with children stays. */
    private static void addDeletes(LeaderStore store, String path, List<Operation> operations)
            throws CoordinationException {
        for (String child : store.children(path)) {
            addDeletes(store, path + "/" + child, operations);
        }
        operations.add(new Operation.Delete(path, Operation.ANY));
    }

    private static Operation withoutIt(LeaderStore store, MigrationRecord migration)
            throws CoordinationException, ProblemException {
        MigrationName name = migration.plan().name();
        String node = ZnodePaths.keyspace(migration.plan().keyspace());
        LeaderStore.Stored<KeyspaceRecord> keyspace = store.read(node, KeyspaceRecord.class)
                .orElseThrow(() -> new IllegalStateException(
                        "no keyspace " + migration.plan().keyspace()));
        KeyspaceRecord without = keyspace.value().without(name);
        if (name.equals(without.running())) {
            if (!isHalfForgotten(store, name)) {
                throw new ProblemException(Problem.of(
                                ErrorCode.MIGRATION_RUNNING,
                                "Migration {} has ended and gives its keyspace back. Nothing has changed.",
                                name)
                        .remedy("try again in a second"));
            }
            without = without.withRunning(null); // nothing runs it any more, so nothing else would
        }
        return new Operation.Set(node, Json.write(without), keyspace.version());
    }
}
