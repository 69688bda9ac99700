package io.shardshift.controller.stream;

import io.debezium.pipeline.signal.actions.snapshotting.ExecuteSnapshot;
import io.debezium.pipeline.signal.actions.snapshotting.PauseIncrementalSnapshot;
import io.debezium.pipeline.signal.actions.snapshotting.ResumeIncrementalSnapshot;
import io.shardshift.api.codec.Json;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.shard.ShardTables;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What a migration tells its own stream, by rows of {@link ShardTables#SIGNAL}: each has its place in the binlog, comes
 * again where the stream is opened before it, and is heeded by the engines of that migration alone. Nothing is committed
 * here. Immutable, thread-safe.
 */
public final class NamingSignals {
    private final MigrationId migration;

    public NamingSignals(MigrationId migration) {
        this.migration = migration;
    }

    /**
     * The stream names every row of {@code tables}, one table after the other, in chunks; each table ends with a {@link
     * ChangeEvent.NamingChanged} of this {@code id}. Beside a naming that is under way they are done after it.
     *
     * @param id at most 160 ASCII characters
     */
    public void begin(Connection connection, String id, Collection<String> tables) throws SQLException {
        String schema = connection.getCatalog();
        List<String> patterns = tables.stream()
                .map(table -> Pattern.quote(schema + "." + table))
                .toList();
        byte[] data = Json.write(Map.of("type", "incremental", "data-collections", patterns));
        send(connection, id, ExecuteSnapshot.NAME, new String(data, StandardCharsets.UTF_8));
    }

    /** No chunk is read any more after the one in hand; an opening of the stream forgets this. */
    public void pause(Connection connection) throws SQLException {
        send(connection, UUID.randomUUID().toString(), PauseIncrementalSnapshot.NAME, "{\"type\": \"incremental\"}");
    }

    /** The end of {@link #pause}; harmless without one. */
    public void resume(Connection connection) throws SQLException {
        send(connection, UUID.randomUUID().toString(), ResumeIncrementalSnapshot.NAME, "{\"type\": \"incremental\"}");
    }

    /** Takes the migration's rows away; what they have said is in the binlog. */
    public void clear(Connection connection) throws SQLException {
        String prefix = OwnSignals.prefix(migration.value());
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM " + ShardTables.SIGNAL + " WHERE LEFT(type, ?) = ?")) {
            delete.setInt(1, prefix.length());
            delete.setString(2, prefix);
            delete.executeUpdate();
        }
    }

    private void send(Connection connection, String id, String action, String data) throws SQLException {
        clear(connection);
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO " + ShardTables.SIGNAL + " (id, type, data) VALUES (?, ?, ?)")) {
            insert.setString(1, id);
            insert.setString(2, OwnSignals.type(migration, action));
            insert.setString(3, data);
            insert.executeUpdate();
        }
    }
}
