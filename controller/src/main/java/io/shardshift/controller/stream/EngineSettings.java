package io.shardshift.controller.stream;

import io.shardshift.api.routing.MigrationId;
import io.shardshift.shard.ShardTables;
import io.shardshift.shard.TableSchema;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/** The settings of one Debezium engine; each was tried out on real servers. Stateless. */
final class EngineSettings {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Server ids from here on: over those that people give to servers. One per opening, unique by chance of 1 in 2^30. */
    private static final int FIRST_SERVER_ID = 1 << 30;

    private EngineSettings() {}

    static Properties of(String engine, StreamStart start, ShardLogin login, EngineSeat seat, int namedAtOnce) {
        Properties settings = new Properties();
        settings.setProperty("name", engine);
        settings.setProperty("topic.prefix", engine);
        settings.setProperty("connector.class", "io.debezium.connector.mysql.MySqlConnector");
        settings.setProperty("database.server.id", Integer.toString(FIRST_SERVER_ID + RANDOM.nextInt(FIRST_SERVER_ID)));
        settings.setProperty("database.hostname", login.host());
        settings.setProperty("database.port", Integer.toString(login.port()));
        settings.setProperty("database.user", login.user());
        settings.setProperty("database.password", login.password());
        settings.setProperty("driver.allowPublicKeyRetrieval", "true");
        login.sslMode().ifPresent(mode -> settings.setProperty("database.ssl.mode", mode));
        settings.setProperty("database.include.list", literal(login.schema()));
        settings.setProperty("table.include.list", tables(login.schema(), start));
        stores(settings, start, seat);
        values(settings);
        pace(settings);
        if (start.signals().isPresent()) {
            naming(settings, engine, login.schema(), start.signals().get(), namedAtOnce);
        }
        return settings;
    }

    private static String tables(String schema, StreamStart start) {
        List<String> captured = new ArrayList<>(List.of(ShardTables.FENCE, ShardTables.HEARTBEAT));
        if (start.signals().isPresent()) {
            captured.add(ShardTables.SIGNAL);
        }
        start.tables().stream().map(TableSchema::name).forEach(captured::add);
        return captured.stream()
                .map(table -> literal(schema) + "\\." + literal(table))
                .collect(Collectors.joining(","));
    }

    /** As a regular expression that Debezium's list, which parts at commas, leaves whole. */
    private static String literal(String name) {
        return name.replaceAll("([^A-Za-z0-9_])", "\\\\$1");
    }

    private static void stores(Properties settings, StreamStart start, EngineSeat seat) {
        settings.setProperty("offset.storage", EngineSeat.Offsets.class.getName());
        settings.setProperty(EngineSeat.OFFSETS_KEY, seat.number());
        settings.setProperty("offset.flush.interval.ms", "0");
        settings.setProperty("schema.history.internal", EngineSeat.History.class.getName());
        settings.setProperty(EngineSeat.HISTORY_KEY, seat.number());
        settings.setProperty("schema.history.internal.store.only.captured.tables.ddl", "true");
        // recovery learns the tables' schemas of today, which is right only at the first start; with a stored history
        // it
        // would misread events older than a DDL, in silence. no_data with no history does not start.
        boolean first = start.stored().schemaHistory().isEmpty();
        settings.setProperty("snapshot.mode", first ? "recovery" : "no_data");
        settings.setProperty("snapshot.locking.mode", "none");
    }

    private static void values(Properties settings) {
        settings.setProperty("include.schema.changes", "true"); // DDL shows
        settings.setProperty("skipped.operations", "none"); // TRUNCATE shows
        settings.setProperty("tombstones.on.delete", "false");
        settings.setProperty("bigint.unsigned.handling.mode", "precise"); // else values over 2^63 wrap
        settings.setProperty("decimal.handling.mode", "precise");
        settings.setProperty("enable.time.adjuster", "false"); // else the year 70 becomes 1970
        settings.setProperty("converters", "texts");
        settings.setProperty("texts.type", StoredTexts.class.getName());
        settings.setProperty("column.propagate.source.type", ".*"); // digits of DATETIME, width of BINARY, ZEROFILL
    }

    /**
     * Debezium's incremental snapshot. Its watermarks are GTID sets ({@code read.only}), so it writes nothing; signals come by
     * the table, in the order of the binlog and on the stream's own thread: those of the other channels are carried out
     * on a thread beside it, over a window of rows that nothing guards.
     */
    private static void naming(
            Properties settings, String engine, String schema, MigrationId migration, int namedAtOnce) {
        settings.setProperty("read.only", "true");
        settings.setProperty("signal.data.collection", schema + "." + ShardTables.SIGNAL);
        settings.setProperty("signal.enabled.channels", "source");
        settings.setProperty("signal.poll.interval.ms", "86400000"); // no channel is to be polled
        settings.setProperty(OwnSignals.MIGRATION_KEY, migration.value());
        settings.setProperty("incremental.snapshot.chunk.size", Integer.toString(namedAtOnce));
        settings.setProperty("notification.enabled.channels", "sink");
        settings.setProperty("notification.sink.topic.name", engine + EventReader.NOTIFICATIONS);
    }

    private static void pace(Properties settings) {
        settings.setProperty("heartbeat.interval.ms", "500");
        settings.setProperty("connect.keep.alive.interval.ms", "1000"); // the server's sign of life, at 0.8 of it
        // The client would reconnect by itself, for ever and in silence, past the checks of an opening: no.
        settings.setProperty("connect.keep.alive", "false");
        settings.setProperty("connect.timeout.ms", "3000");
        settings.setProperty("errors.max.retries", "0"); // the engine does not survive a lost server in any case
        settings.setProperty("poll.interval.ms", "5");
        settings.setProperty("max.batch.size", "2048");
        settings.setProperty("max.queue.size", "8192");
        settings.setProperty("max.queue.size.in.bytes", Long.toString(32L << 20));
    }
}
