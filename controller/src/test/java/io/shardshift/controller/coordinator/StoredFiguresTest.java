package io.shardshift.controller.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.PacingSpec;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.copy.TableProgress;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.controller.store.TestLeader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What status says of copy and verification where neither has run in this controller, on a real ZooKeeper. */
@SuppressWarnings("NullAway.Init")
class StoredFiguresTest {
    private static final MigrationName NAME = new MigrationName("figures");
    /** Its name begins as the nodes of the way back do. */
    private static final ShardName SOURCE = new ShardName("back-0");

    private static final ShardName TARGET = new ShardName("shop-1");
    private static final Map<Integer, Long> NOW = Map.of(0, 2L);
    private static final Map<Integer, Long> OVER = Map.of(0, 1L);

    private TestLeader leader;
    private MigrationRecord migration;

    @BeforeEach
    void open() throws Exception {
        leader = TestLeader.take("figures");
        leader.coordination.ensure(ZnodePaths.migration(NAME));
        SlotRanges slots = SlotRanges.of(0, 7);
        MigrationId id = new MigrationId("figures-" + leader.term());
        migration = new MigrationRecord(
                1,
                id,
                plan(),
                List.of(new Group(new GroupId(id, 0), slots, SOURCE, TARGET)),
                new SlotMap(8, new TreeMap<>(Map.of(SOURCE, slots))),
                "",
                Instant.EPOCH);
        leader.store.put(ZnodePaths.migration(NAME) + "/attempts", new StoredAttempts.Attempts(NOW));
    }

    @AfterEach
    void close() throws Exception {
        for (String node : leader.store.children(ZnodePaths.progress(NAME))) {
            leader.store.delete(ZnodePaths.progress(NAME) + "/" + node);
        }
        leader.close();
    }

    private static MigrationPlan plan() {
        return new MigrationPlan(
                NAME,
                new KeyspaceName("figures"),
                new TreeMap<>(),
                new TreeMap<>(),
                Gates.DEFAULT,
                GroupsSpec.DEFAULT,
                HandoffSpec.DEFAULT,
                MigrationPlan.Reads.STRICT,
                MigrationPlan.Backfill.COPY,
                PacingSpec.DEFAULT,
                List.of());
    }

    private void store(String kind, ShardName source, ShardName target, String table, Figures figures)
            throws Exception {
        new ProgressNodes(leader.store, NAME, kind)
                .write(new TableProgress(
                        TableProgress.VERSION,
                        source,
                        target,
                        table,
                        figures.attempts,
                        null,
                        figures.rows,
                        figures.rowsTotal,
                        figures.done,
                        figures.differences,
                        figures.differences,
                        figures.workedMillis));
    }

    private record Figures(
            Map<Integer, Long> attempts,
            long rows,
            @Nullable Long rowsTotal,
            boolean done,
            long differences,
            @Nullable Long workedMillis) {}

    private JsonNode status() throws Exception {
        MigrationState state = MigrationState.initial(Gates.DEFAULT, false, Instant.EPOCH);
        return StatusDocument.of(
                migration, state, new RoutesEpoch(1), List.of(), null, StoredFigures.read(leader.store, migration));
    }

    @Test
    void whatAnotherControllerCopiedAndComparedIsShown() throws Exception {
        store("copy", SOURCE, TARGET, "orders", new Figures(NOW, 1_000, 1_000L, true, 0, 1_500L));
        store("copy", SOURCE, TARGET, "items", new Figures(NOW, 500, 800L, false, 0, 2_000L));
        store("verification", SOURCE, TARGET, "orders", new Figures(NOW, 900, 900L, true, 2, 300L));

        JsonNode status = status();
        JsonNode copy = status.path("copy");
        assertThat(copy.path("rows").asLong()).isEqualTo(1_500);
        assertThat(copy.path("rowsTotal").asLong()).isEqualTo(1_800);
        assertThat(copy.path("averageRowsPerSecond").asLong()).isEqualTo(750);
        assertThat(copy.path("rowsPerSecond").isNull()).as("nothing runs now").isTrue();
        assertThat(copy.path("done").asBoolean()).isFalse();
        assertThat(copy.path("tables").path("orders").path("rows").asLong()).isEqualTo(1_000);
        assertThat(status.path("verification"))
                .isEqualTo(JsonNodeFactory.instance
                        .objectNode()
                        .put("rowsCompared", 900L)
                        .put("rowsTotal", Long.valueOf(900))
                        .putNull("rowsPerSecond")
                        .put("averageRowsPerSecond", Long.valueOf(3_000))
                        .put("etaSeconds", Long.valueOf(0))
                        .put("done", true)
                        .put("differences", 2L)
                        .put("repaired", 2L));
    }

    @Test
    void ofARollbackTheComparisonOfTheWayBackIsShown() throws Exception {
        store("verification", SOURCE, TARGET, "orders", new Figures(NOW, 900, 900L, true, 2, 300L));
        store("verification-back", TARGET, SOURCE, "orders", new Figures(NOW, 700, 700L, true, 0, 300L));

        assertThat(status().path("verification").path("rowsCompared").asLong()).isEqualTo(700);
    }

    @Test
    void whatCountedForAnAttemptThatIsOverIsNotShown() throws Exception { // [34]
        assertThat(status().path("copy").isNull()).isTrue();
        store("copy", SOURCE, TARGET, "orders", new Figures(OVER, 1_000, 1_000L, true, 0, 1_500L));
        assertThat(status().path("copy").isNull()).isTrue();
        assertThat(status().path("verification").isNull()).isTrue();
    }

    @Test
    void whatAnEarlierVersionStoredHasNoAverage() {
        TableProgress old = Json.read("""
                {"version": 1, "source": "back-0", "target": "shop-1", "table": "t", "attempts": {"0": 2}, "doneUpTo": null,
                 "rows": 5, "rowsTotal": 5, "done": true, "differences": 0, "repaired": 0}""".getBytes(java.nio.charset.StandardCharsets.UTF_8), TableProgress.class);
        assertThat(old.workedMillis()).isNull();
    }
}
