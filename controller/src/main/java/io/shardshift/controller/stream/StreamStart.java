package io.shardshift.controller.stream;

import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.TableSchema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where and for which tables a stream begins.
 *
 * @param tables the data tables; the fence and the heartbeat table of the schema are always captured too
 * @param signals the migration by whose {@link NamingSignals} rows are named; must be the same at each opening
 */
public record StreamStart(
        ShardName shard, StoredStream stored, List<TableSchema> tables, Optional<MigrationId> signals) {
    /** The place of a GTID set counts; file and position must be there and are not looked at. */
    private static final String ANY_FILE = "binlog.000001";

    private static final int ANY_POSITION = 4;

    public StreamStart {
        tables = List.copyOf(tables);
    }

    /** A stream of changes alone. */
    public StreamStart(ShardName shard, StoredStream stored, List<TableSchema> tables) {
        this(shard, stored, tables, Optional.empty());
    }

    /**
     * The present end of the binlog of the server that {@code connection} is with: every row that is committed after this call
     * comes through a stream that begins there. Save it before anything relies on it; from then on, until the stream's
     * first save, no captured table may change its definition.
     */
    public static StoredStream atNow(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            ResultSet result = statement.executeQuery("SELECT @@gtid_executed, @@gtid_mode");
            result.next();
            if (!"ON".equals(result.getString(2))) {
                throw new SQLException("gtid_mode is " + result.getString(2) + ", not ON");
            }
            String gtids = result.getString(1).replaceAll("\\s", "");
            return StoredStream.at(new StreamPosition(
                    Map.of("ts_sec", 1L, "file", ANY_FILE, "pos", (long) ANY_POSITION, "gtids", gtids)));
        }
    }

    public StreamStart from(StoredStream newer) {
        return new StreamStart(shard, newer, tables, signals);
    }
}
