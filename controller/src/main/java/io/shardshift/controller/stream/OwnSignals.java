package io.shardshift.controller.stream;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.signal.actions.SignalAction;
import io.debezium.pipeline.signal.actions.SignalActionProvider;
import io.debezium.pipeline.signal.actions.snapshotting.ExecuteSnapshot;
import io.debezium.pipeline.signal.actions.snapshotting.PauseIncrementalSnapshot;
import io.debezium.pipeline.signal.actions.snapshotting.ResumeIncrementalSnapshot;
import io.debezium.pipeline.spi.Partition;
import io.debezium.spi.schema.DataCollectionId;
import io.shardshift.api.routing.MigrationId;
import java.util.Map;

/**
 * Debezium's actions under names of one migration's own: the signal table is one for all migrations of a schema, and each
 * engine must let the others' rows pass. Found by Debezium through {@code META-INF/services}. Stateless.
 */
public final class OwnSignals implements SignalActionProvider {
    /** The migration that an engine listens to, among its settings; others have no such actions. */
    static final String MIGRATION_KEY = "shardshift.signals.of";

    /** The {@code type} of a row of the signal table that means Debezium's {@code action} to the migration's engine. */
    static String type(MigrationId migration, String action) {
        return prefix(migration.value()) + action;
    }

    static String prefix(String migration) {
        return migration + "/";
    }

    @Override
    public <P extends Partition> Map<String, SignalAction<P>> createActions(
            EventDispatcher<P, ? extends DataCollectionId> dispatcher,
            ChangeEventSourceCoordinator<P, ?> coordinator,
            CommonConnectorConfig settings) {
        String migration = settings.getConfig().getString(MIGRATION_KEY);
        if (migration == null) {
            return Map.of();
        }
        String prefix = prefix(migration);
        return Map.of(
                prefix + ExecuteSnapshot.NAME, new ExecuteSnapshot<>(dispatcher, coordinator),
                prefix + PauseIncrementalSnapshot.NAME, new PauseIncrementalSnapshot<>(dispatcher),
                prefix + ResumeIncrementalSnapshot.NAME, new ResumeIncrementalSnapshot<>(dispatcher));
    }
}
