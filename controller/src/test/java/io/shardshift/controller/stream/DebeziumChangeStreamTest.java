package io.shardshift.controller.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.codec.Json;
import io.shardshift.api.routing.Role;
import io.shardshift.controller.stream.ChangeEvent.FenceChanged;
import io.shardshift.controller.stream.ChangeEvent.Image;
import io.shardshift.controller.stream.ChangeEvent.RowChange;
import io.shardshift.controller.stream.ChangeEvent.SchemaChanged;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DebeziumChangeStreamTest {
    private static final String TABLE = "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20), INDEX (v))";

    private static StreamStart start(TwoShards shards, StoredStream stored) throws Exception {
        return new StreamStart(
                TwoShards.SOURCE, stored, List.of(shards.table("t", "id").schema()));
    }

    private static String text(@Nullable Image image) {
        if (image == null) {
            return "-";
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < image.row().columns(); i++) {
            byte[] value = image.row().value(i);
            text.append(i == 0 ? "" : ",").append(value == null ? "NULL" : new String(value, UTF_8));
        }
        return text.toString();
    }

    /** {@code before > after} of row changes, role of fences, table of schema changes. */
    private static List<String> texts(List<ChangeEvent> events) {
        return events.stream()
                .map(event -> {
                    if (event instanceof RowChange change) {
                        return text(change.before()) + " > " + text(change.after());
                    }
                    if (event instanceof FenceChanged fence) {
                        return fence.fence().role() + " " + fence.fence().step();
                    }
                    return event instanceof SchemaChanged schema ? "DDL " + schema.table() : "heartbeat";
                })
                .toList();
    }

    @Test
    void everyChangeAfterTheSeedComesInBinlogOrderWithFencesBetween() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE)) {
            shards.source.execute("INSERT INTO t VALUES (1, 'before')");
            StoredStream stored = shards.atNow(TwoShards.SOURCE);
            shards.source.execute("INSERT INTO t VALUES (2, 'a')"); // before the engine starts: no window is left
            shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER, 1);
            try (ChangeStream stream = shards.streams.open(start(shards, stored))) {
                shards.source.execute(
                        "UPDATE t SET v = 'b' WHERE id = 2", "UPDATE t SET id = 3 WHERE id = 2", "DELETE FROM t");
                shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.CLOSED, 2);
                shards.source.execute("INSERT INTO t VALUES (4, NULL)", Polled.heartbeat(1));
                List<ChangeEvent> events = Polled.untilHeartbeat(stream, 1);
                assertThat(texts(events))
                        .containsExactly(
                                "- > 2,a",
                                "OWNER 1",
                                "2,a > 2,b",
                                "2,b > -",
                                "- > 3,b",
                                "1,before > -",
                                "3,b > -",
                                "CLOSED 2",
                                "- > 4,NULL",
                                "heartbeat");
                assertThat(((FenceChanged) events.get(1)).fence())
                        .isEqualTo(shards.fenceValue(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER, 1));
                assertThat(events)
                        .allSatisfy(event -> assertThat(Duration.between(event.committedAt(), Instant.now()))
                                .isBetween(Duration.ofSeconds(-1), Duration.ofSeconds(60)));
                assertThat(((RowChange) events.get(0)).gtid()).contains(":");
            }
        }
    }

    @Test
    void anOpenedAgainStreamGoesOnInTheMiddleOfATransaction() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE)) {
            StoredStream stored = shards.atNow(TwoShards.SOURCE);
            shards.source.execute("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')", Polled.heartbeat(1));
            StoredStream middle;
            try (ChangeStream stream = shards.streams.open(start(shards, stored))) {
                List<ChangeEvent> events = Polled.untilHeartbeat(stream, 1);
                middle = stored.with(events.get(1).position(), List.of(), stream.schemaHistory());
            }
            StoredStream reread = Json.read(Json.write(middle), StoredStream.class);
            assertThat(reread.schemaHistory()).isNotEmpty();
            shards.source.execute("INSERT INTO t VALUES (4, 'd')", Polled.heartbeat(2));
            try (ChangeStream stream = shards.streams.open(start(shards, reread))) {
                assertThat(texts(Polled.untilHeartbeat(stream, 2)))
                        .containsExactly("- > 3,c", "heartbeat", "- > 4,d", "heartbeat");
            }
        }
    }

    @Test
    void aStreamThatIsOpenedWhereARowWasNamedHidesNoChange() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE)) {
            StoredStream stored = shards.atNow(TwoShards.SOURCE);
            Map<String, Object> words = new HashMap<>(stored.position().offset());
            words.put("snapshot", "INCREMENTAL"); // as Debezium's records of named rows have it
            StoredStream atNamed = stored.with(new StreamPosition(words), List.of(), List.of());
            shards.source.execute("INSERT INTO t VALUES (1, 'a')", Polled.heartbeat(1));
            try (ChangeStream stream = shards.streams.open(start(shards, atNamed))) {
                assertThat(texts(Polled.untilHeartbeat(stream, 1))).containsExactly("- > 1,a", "heartbeat");
            }
        }
    }

    @Test
    void eventsOlderThanADdlAreReadByTheSchemaOfTheirTime() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE)) {
            StoredStream stored = shards.atNow(TwoShards.SOURCE);
            StreamStart start = start(shards, stored);
            shards.source.execute(Polled.heartbeat(1));
            StoredStream learned;
            try (ChangeStream stream = shards.streams.open(start)) {
                List<ChangeEvent> events = Polled.untilHeartbeat(stream, 1);
                learned = stored.with(events.get(0).position(), List.of(), stream.schemaHistory());
            }
            shards.source.execute(
                    "INSERT INTO t VALUES (1, 'old')",
                    "ALTER TABLE t AUTO_INCREMENT = 500", // ours: not a change of the schema
                    "ALTER TABLE t ADD COLUMN first VARCHAR(20) FIRST, DROP COLUMN v, ADD COLUMN v VARCHAR(20)",
                    "INSERT INTO t VALUES ('x', 2, 'new')",
                    "TRUNCATE TABLE t",
                    Polled.heartbeat(2));
            try (ChangeStream stream = shards.streams.open(start.from(learned))) {
                assertThat(texts(Polled.untilHeartbeat(stream, 2)))
                        .containsExactly("- > 1,old", "DDL t", "- > 2,new", "DDL t", "heartbeat");
            }
        }
    }
}
