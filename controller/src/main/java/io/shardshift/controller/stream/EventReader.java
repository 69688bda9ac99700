package io.shardshift.controller.stream;

import io.debezium.data.Envelope;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.controller.stream.ChangeEvent.FenceChanged;
import io.shardshift.controller.stream.ChangeEvent.HeartbeatSeen;
import io.shardshift.controller.stream.ChangeEvent.Idle;
import io.shardshift.controller.stream.ChangeEvent.Image;
import io.shardshift.controller.stream.ChangeEvent.NamingChanged;
import io.shardshift.controller.stream.ChangeEvent.NamingChanged.What;
import io.shardshift.controller.stream.ChangeEvent.RowChange;
import io.shardshift.controller.stream.ChangeEvent.RowNamed;
import io.shardshift.controller.stream.ChangeEvent.SchemaChanged;
import io.shardshift.shard.ShardTables;
import io.shardshift.shard.TableSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** From Debezium's records to {@link ChangeEvent}s. Immutable. */
final class EventReader {
    private static final String HEARTBEAT_TOPIC = "__debezium-heartbeat.";

    /** The engine's name with this is the topic of its notifications. */
    static final String NOTIFICATIONS = "-notifications";

    /** Raising the counter is ours, on a target before phase 4, and changes no column. */
    private static final Pattern ONLY_AUTO_INCREMENT =
            Pattern.compile("(?is)\\s*ALTER\\s+TABLE\\s+\\S+\\s+AUTO_INCREMENT\\s*=?\\s*\\d+\\s*;?\\s*");

    private static final Pattern DROPS_SCHEMA = Pattern.compile("(?is)\\s*DROP\\s+(DATABASE|SCHEMA)\\b.*");

    private final String engine;
    private final String schema;
    private final Map<String, TableSchema> tables;

    EventReader(String engine, String schema, List<TableSchema> tables) {
        this.engine = engine;
        this.schema = schema;
        this.tables = new HashMap<>();
        tables.forEach(table -> this.tables.put(table.name(), table));
    }

    /** Whether a record of a schema only tells what the first start has found. */
    private static boolean isOfFirstStart(Struct schemaChange) {
        String snapshot = schemaChange.getStruct("source").getString("snapshot");
        return snapshot != null && !snapshot.equals("false") && !snapshot.equals("incremental");
    }

    /** The events that the record stands for; most stand for one. */
    List<ChangeEvent> read(SourceRecord record) {
        StreamPosition position = new StreamPosition(new HashMap<>(record.sourceOffset()));
        if (record.topic().startsWith(HEARTBEAT_TOPIC)) {
            return List.of(new Idle(position));
        }
        if (!(record.value() instanceof Struct value)) {
            return List.of();
        }
        if (record.topic().equals(engine + NOTIFICATIONS)) {
            return naming(value, position);
        }
        if (record.topic().equals(engine)) {
            return isOfFirstStart(value) ? List.of() : schemaChanges(value, position);
        }
        return change(value, position); // a change is one whatever Debezium thinks of snapshots
    }

    private static Instant committedAt(Struct value) {
        Long micros = value.getStruct("source").getInt64("ts_us");
        return MysqlTemporal.ofMicros(micros == null ? 0 : micros);
    }

    private List<ChangeEvent> change(Struct value, StreamPosition position) {
        Struct source = value.getStruct("source");
        String table = source.getString("table");
        Instant committedAt = committedAt(value);
        Struct before = value.getStruct("before");
        Struct after = value.getStruct("after");
        boolean truncated = Envelope.Operation.TRUNCATE.code().equals(value.getString("op"));
        if (table.equals(ShardTables.FENCE)) {
            return after == null ? List.of() : List.of(new FenceChanged(fence(after), position, committedAt));
        }
        if (table.equals(ShardTables.HEARTBEAT)) {
            return after == null
                    ? List.of()
                    : List.of(new HeartbeatSeen(
                            after.getString("purpose"), after.getInt64("value"), position, committedAt));
        }
        TableSchema known = tables.get(table);
        if (known == null) {
            return List.of();
        }
        if (Envelope.Operation.READ.code().equals(value.getString("op"))) {
            Image found = image(known, after);
            return found == null ? List.of() : List.of(new RowNamed(table, found.row(), position, committedAt));
        }
        if (truncated) {
            return List.of(new SchemaChanged(table, "TRUNCATE TABLE " + table, position, committedAt));
        }
        String gtid = source.getString("gtid");
        return List.of(new RowChange(
                table, image(known, before), image(known, after), position, committedAt, gtid == null ? "" : gtid));
    }

    /** Debezium's notifications of its incremental snapshot; others, and its progress within a table, are of no use. */
    private List<ChangeEvent> naming(Struct value, StreamPosition position) {
        if (!"Incremental Snapshot".equals(value.getString("aggregate_type"))) {
            return List.of();
        }
        Map<String, String> details = value.getMap("additional_data");
        String status = details.getOrDefault("status", "");
        What what = switch (value.getString("type")) {
            case "STARTED" -> What.BEGUN;
            case "TABLE_SCAN_COMPLETED" ->
                // a table that cannot be read is passed over, with a word here and nowhere else
                status.equals("SUCCEEDED") || status.equals("EMPTY") ? What.TABLE_DONE : What.TABLE_FAILED;
            case "COMPLETED", "ABORTED" -> What.ENDED;
            default -> null;
        };
        if (what == null) {
            return List.of();
        }
        String table = details.getOrDefault("scanned_collection", "");
        String name = table.startsWith(schema + ".") ? table.substring(schema.length() + 1) : table;
        return List.of(new NamingChanged(value.getString("id"), what, name, status, position));
    }

    private static @Nullable Image image(TableSchema table, @Nullable Struct values) {
        return values == null ? null : NeutralValues.image(table, values);
    }

    private static Fence fence(Struct row) {
        return new Fence(
                new GroupId(new MigrationId(row.getString("migration")), row.getInt32("grp")),
                Role.valueOf(row.getString("role")),
                new ShardName(row.getString("peer")),
                row.getString("server_uuid"),
                row.getInt64("term"),
                row.getInt64("step"));
    }

    private List<ChangeEvent> schemaChanges(Struct value, StreamPosition position) {
        String ddl = value.getString("ddl");
        if (ddl == null || ONLY_AUTO_INCREMENT.matcher(ddl).matches()) {
            return List.of();
        }
        Set<String> changed = new TreeSet<>();
        List<Object> changes = value.getArray("tableChanges");
        if (changes != null) {
            for (Object change : changes) {
                String name = tableName(((Struct) change).getString("id"));
                if (tables.containsKey(name)) {
                    changed.add(name);
                }
            }
        }
        if (schema.equals(value.getString("databaseName"))
                && DROPS_SCHEMA.matcher(ddl).matches()) {
            changed.add("");
        }
        List<ChangeEvent> events = new ArrayList<>();
        for (String table : changed) {
            events.add(new SchemaChanged(table, ddl, position, committedAt(value)));
        }
        return events;
    }

    /** From {@code "schema"."table"}; empty for a table of another schema. */
    private String tableName(String id) {
        String prefix = "\"" + schema + "\".\"";
        return id.startsWith(prefix) && id.endsWith("\"") ? id.substring(prefix.length(), id.length() - 1) : "";
    }
}
