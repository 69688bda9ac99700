package io.shardshift.controller.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.Role;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.stream.ChangeEvent;
import io.shardshift.controller.stream.ChangeEvent.FenceChanged;
import io.shardshift.controller.stream.ChangeEvent.HeartbeatSeen;
import io.shardshift.controller.stream.ChangeEvent.Image;
import io.shardshift.controller.stream.ChangeEvent.NamingChanged;
import io.shardshift.controller.stream.ChangeEvent.NamingChanged.What;
import io.shardshift.controller.stream.ChangeEvent.RowChange;
import io.shardshift.controller.stream.ChangeEvent.RowNamed;
import io.shardshift.controller.stream.ChangeEvent.SchemaChanged;
import io.shardshift.controller.stream.StoredStream;
import io.shardshift.controller.stream.StreamPosition;
import io.shardshift.controller.stream.TwoShards;
import io.shardshift.shard.Row;
import io.shardshift.shard.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The applier on real shards, fed event by event. */
class ApplierTest {
    private static final String TABLE = "CREATE TABLE t (id INT PRIMARY KEY, k INT, v VARCHAR(20))";

    private TwoShards shards;
    private ShardedTable table;
    private Applier applier;
    private final StreamFigures figures = new StreamFigures(SystemTiming.INSTANCE);
    private final Passed passed = new Passed();
    private final Naming naming = Naming.none();
    private int events;

    @BeforeEach
    void startAtNothing() throws SQLException {
        shards = new TwoShards(TABLE);
        table = shards.table("t", "k");
        applier = applier(StoredStream.at(position()));
        for (Group group : TwoShards.GROUPS) {
            shards.fence(TwoShards.TARGET, group, Role.MIRROR, 1);
        }
    }

    @AfterEach
    void end() throws SQLException {
        shards.close();
    }

    private Applier applier(StoredStream stored) {
        return new Applier(
                TwoShards.SOURCE,
                TwoShards.GROUPS,
                Map.of("t", table),
                new MirrorWriter(TwoShards.SOURCE, shards.sessions, SystemTiming.INSTANCE),
                SystemTiming.INSTANCE,
                stored,
                passed,
                figures,
                naming);
    }

    private StreamPosition position() {
        return new StreamPosition(Map.of("event", events));
    }

    private FenceChanged fence(Group group, Role role, long step) throws SQLException {
        events++;
        return new FenceChanged(shards.fenceValue(TwoShards.SOURCE, group, role, step), position(), Instant.now());
    }

    private RowChange change(@Nullable Image before, @Nullable Image after) {
        events++;
        return new RowChange("t", before, after, position(), Instant.now(), "");
    }

    private static Image row(int id, int k, String v) {
        byte[][] values = {
            Integer.toString(id).getBytes(UTF_8), Integer.toString(k).getBytes(UTF_8), v.getBytes(UTF_8)
        };
        return new Image(new Row(values), new BitSet());
    }

    private void drain() {
        await().atMost(30, TimeUnit.SECONDS).pollDelay(0, TimeUnit.MILLISECONDS).until(() -> {
            applier.work();
            return applier.isEmpty();
        });
    }

    private List<List<String>> target() throws SQLException {
        return shards.target.rows("SELECT id, k, v FROM t ORDER BY id");
    }

    private List<List<String>> source() throws SQLException {
        return shards.source.rows("SELECT id, k, v FROM t ORDER BY id");
    }

    @Test
    void ownedChangesReachTheMirrorAndOthersAreDropped() throws Exception {
        shards.source.execute(
                "INSERT INTO t VALUES (1, 1, 'owned'), (2, 1, 'echo'), (3, 1, 'foreign'), (4, 9, 'not yet')");
        applier.take(List.of(
                change(null, row(4, 9, "not yet")),
                fence(TwoShards.LOW, Role.OWNER, 1),
                change(null, row(1, 1, "owned")),
                fence(TwoShards.LOW, Role.CLOSED, 2),
                change(null, row(3, 1, "foreign")),
                fence(TwoShards.LOW, Role.MIRROR, 3),
                change(null, row(2, 1, "echo"))));
        drain();
        assertThat(target()).containsExactly(List.of("1", "1", "owned"));
        StreamHealth health = figures.health();
        assertThat(health.repaired()).isEqualTo(1);
        assertThat(health.foreignWrites()).isEqualTo(1);
        assertThat(health.events()).isEqualTo(4);
    }

    @Test
    void aRoleIsThatOfTheStreamNeverTodays() throws Exception { // [2]
        shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.CLOSED, 2); // today
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'a')");
        StoredStream stored = new StoredStream(
                position(), List.of(shards.fenceValue(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER, 1)), List.of());
        applier = applier(stored);
        applier.take(List.of(change(null, row(1, 1, "a"))));
        drain();
        assertThat(target()).isEqualTo(source());
    }

    @Test
    void aBatchNeverSpansAFenceEvent() throws Exception { // [2]
        // Owned, then the same key as an echo: the echo must not stand for the owned change, nor the other way round.
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'owned')");
        applier.take(List.of(
                fence(TwoShards.LOW, Role.OWNER, 1),
                change(null, row(1, 1, "owned")),
                fence(TwoShards.LOW, Role.MIRROR, 2),
                change(row(1, 1, "owned"), null),
                fence(TwoShards.LOW, Role.OWNER, 3),
                change(null, row(1, 1, "again"))));
        applier.work();
        assertThat(passed.hasPassed(TwoShards.LOW.id(), Role.MIRROR, 1, 2)).isTrue();
        assertThat(target()).isEqualTo(source());
        assertThat(passed.hasPassed(TwoShards.LOW.id(), Role.OWNER, 1, 3)).isTrue();
        drain();
        assertThat(target()).isEqualTo(source());
    }

    private RowNamed named(int id, int k, String v) {
        events++;
        return new RowNamed("t", row(id, k, v).row(), position(), Instant.now());
    }

    @Test
    void aNamedRowIsReadAnewAndNeverGoesBack() throws Exception { // [2]
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'new'), (2, 2, 'only there'), (9, 9, 'not ours')");
        shards.target.execute("INSERT INTO t VALUES (1, 1, 'new'), (3, 3, 'deleted since')");
        applier.take(List.of(
                fence(TwoShards.LOW, Role.OWNER_MIRRORING, 1),
                new NamingChanged("x", What.BEGUN, "", "", position()),
                named(1, 1, "old"),
                named(2, 2, "only there"),
                named(3, 3, "was there"),
                named(9, 9, "of a group without a fence"),
                new NamingChanged("x", What.TABLE_DONE, "t", "SUCCEEDED", position())));
        assertThat(naming.told().done()).isEmpty();
        assertThat(naming.told().settled()).isFalse();
        drain();
        assertThat(target()).isEqualTo(List.of(List.of("1", "1", "new"), List.of("2", "2", "only there")));
        assertThat(naming.told().done()).containsExactly("t");
        assertThat(naming.told().rows()).containsEntry("t", 4L);
        assertThat(naming.told().missed().orElseThrow()).contains("unfenced");
        assertThat(figures.health().repaired()).isZero();
        assertThat(figures.health().events()).isZero();
    }

    @Test
    void aTableIsDoneOnlyWhenItsNamedRowsAreMirrored() throws Exception {
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'a')");
        try (Connection holder = shards.source.connect()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("UPDATE t SET v = 'b' WHERE id = 1");
            applier.take(List.of(
                    fence(TwoShards.LOW, Role.OWNER_MIRRORING, 1),
                    named(1, 1, "a"),
                    new NamingChanged("x", What.TABLE_DONE, "t", "SUCCEEDED", position())));
            applier.work();
            assertThat(naming.told().done()).isEmpty();
            assertThat(applier.done().orElseThrow().position()).isNotEqualTo(position());
            holder.commit();
        }
        drain();
        assertThat(naming.told().done()).containsExactly("t");
        assertThat(target()).isEqualTo(source());
    }

    @Test
    void aPlaceThatCountsTheNextChangeAlreadyIsNotStored() throws Exception {
        // Debezium hands a window out while it is about to hand out a change: "row" says that the change is counted
        StreamPosition counted = new StreamPosition(Map.of("event", 7, "row", 1));
        applier.take(List.of(new RowNamed("t", row(9, 9, "x").row(), counted, Instant.now())));
        assertThat(applier.done()).isEmpty();
        StreamPosition between = new StreamPosition(Map.of("event", 7));
        applier.take(List.of(new RowNamed("t", row(9, 9, "x").row(), between, Instant.now())));
        assertThat(applier.done().orElseThrow().position()).isEqualTo(between);
    }

    @Test
    void anOlderClosedIsNotTheMarker() throws Exception { // [3]
        applier.take(List.of(fence(TwoShards.LOW, Role.CLOSED, 2), fence(TwoShards.LOW, Role.OWNER, 3)));
        applier.work();
        assertThat(passed.hasPassed(TwoShards.LOW.id(), Role.CLOSED, 1, 2)).isTrue();
        assertThat(passed.hasPassed(TwoShards.LOW.id(), Role.CLOSED, 1, 4)).isFalse();
        assertThat(passed.hasPassed(TwoShards.LOW.id(), Role.CLOSED, 2, 2)).isFalse();
        assertThat(passed.hasPassed(TwoShards.HIGH.id(), Role.CLOSED, 1, 2)).isFalse();
    }

    @Test
    void aMarkerIsPassedOnlyWhenEverythingBeforeItIsDone() throws Exception { // [3] [35]
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'late')");
        shards.target.execute("INSERT INTO t VALUES (1, 1, 'old')");
        try (Connection holder = shards.target.connect()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("UPDATE t SET v = 'held' WHERE id = 1");
            applier.take(List.of(
                    fence(TwoShards.LOW, Role.OWNER, 1),
                    change(null, row(1, 1, "late")),
                    fence(TwoShards.LOW, Role.OWNER_MIRRORING, 2)));
            applier.work();
            assertThat(passed.hasPassed(TwoShards.LOW.id(), Role.OWNER_MIRRORING, 1, 2))
                    .isFalse();
            assertThat(applier.done().map(Checkpoints.Checkpoint::sequence)).hasValue(1L);
            holder.rollback();
        }
        drain();
        assertThat(passed.hasPassed(TwoShards.LOW.id(), Role.OWNER_MIRRORING, 1, 2))
                .isTrue();
        assertThat(target()).isEqualTo(source());
        assertThat(applier.done().map(Checkpoints.Checkpoint::sequence)).hasValue(3L);
    }

    private HeartbeatSeen heartbeat(long value) {
        events++;
        return new HeartbeatSeen("test", value, position(), Instant.now());
    }

    @Test
    void aHeartbeatIsPassedOnlyWhenEverythingBeforeItIsDone() throws Exception {
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'late')");
        shards.target.execute("INSERT INTO t VALUES (1, 1, 'old')");
        try (Connection holder = shards.target.connect()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("UPDATE t SET v = 'held' WHERE id = 1");
            applier.take(List.of(
                    heartbeat(1),
                    fence(TwoShards.LOW, Role.OWNER, 1),
                    change(null, row(1, 1, "late")),
                    heartbeat(2),
                    change(row(9, 9, "after"), null)));
            applier.work();
            assertThat(passed.hasMet("test", 2)).isTrue();
            assertThat(passed.hasMet("test", 3)).isFalse();
            assertThat(passed.hasPassed(TwoShards.LOW.id(), "test", 1)).isTrue();
            assertThat(passed.hasPassed(TwoShards.LOW.id(), "test", 2)).isFalse();
            assertThat(passed.hasPassed(TwoShards.HIGH.id(), "test", 2)).isTrue();
            holder.rollback();
        }
        drain();
        assertThat(passed.hasPassed(TwoShards.LOW.id(), "test", 2)).isTrue();
        assertThat(passed.hasPassed(TwoShards.LOW.id(), "other", 2)).isFalse();
        assertThat(target()).isEqualTo(source());
    }

    @Test
    void aGroupThatWaitsHoldsItsOwnHeartbeatsAlone() throws Exception { // [12]
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.CLOSED, 2);
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'waits'), (9, 9, 'goes on')");
        applier.take(List.of(
                fence(TwoShards.LOW, Role.OWNER, 1),
                fence(TwoShards.HIGH, Role.OWNER, 1),
                change(null, row(1, 1, "waits")),
                change(null, row(9, 9, "goes on"))));
        for (int value = 1; value <= 200; value++) { // more than are kept: the last one always is
            applier.take(List.of(heartbeat(value)));
        }
        applier.work();
        assertThat(passed.hasMet("test", 200)).isTrue();
        assertThat(passed.hasPassed(TwoShards.HIGH.id(), "test", 200)).isTrue();
        assertThat(passed.hasPassed(TwoShards.LOW.id(), "test", 1)).isFalse();
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.MIRROR, 3);
        drain();
        assertThat(passed.hasPassed(TwoShards.LOW.id(), "test", 200)).isTrue();
    }

    @Test
    void aGroupThatWaitsDoesNotHoldTheOthers() throws Exception { // [12]
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.CLOSED, 2);
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'waits'), (9, 9, 'goes on')");
        applier.take(List.of(
                fence(TwoShards.LOW, Role.OWNER, 1),
                fence(TwoShards.HIGH, Role.OWNER, 1),
                change(null, row(1, 1, "waits")),
                change(null, row(9, 9, "goes on")),
                fence(TwoShards.HIGH, Role.CLOSED, 2)));
        applier.work();
        assertThat(target()).containsExactly(List.of("9", "9", "goes on"));
        assertThat(passed.hasPassed(TwoShards.HIGH.id(), Role.CLOSED, 1, 2)).isTrue();
        // the position waits with the slowest group, and the fences are those of then
        assertThat(applier.done()).hasValueSatisfying(checkpoint -> {
            assertThat(checkpoint.sequence()).isEqualTo(2);
            assertThat(checkpoint.fences()).allMatch(fence -> fence.role() == Role.OWNER);
        });
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.MIRROR, 3);
        drain();
        assertThat(target()).isEqualTo(source());
    }

    @Test
    void aGroupThatWaitsForLongMakesTheStreamWait() throws Exception { // [12]
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.CLOSED, 2);
        applier.take(List.of(fence(TwoShards.LOW, Role.OWNER, 1), change(null, row(0, 1, "a"))));
        assertThat(applier.isFull()).isFalse();
        List<ChangeEvent> more = new ArrayList<>();
        for (int id = 1; id < 50_000; id++) {
            more.add(change(null, row(id, 1, "a")));
        }
        applier.take(more);
        assertThat(applier.isFull()).isTrue();
    }

    @Test
    void aMirrorThatWasStampedForAnotherServerIsNotWritten() throws Exception { // [19]
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'a')");
        shards.target.execute("UPDATE _shardshift_fence SET server_uuid = 'of a server that failed'");
        applier.take(List.of(fence(TwoShards.LOW, Role.OWNER, 1), change(null, row(1, 1, "a"))));
        applier.work();
        assertThat(target()).isEmpty();
        assertThat(applier.isEmpty()).isFalse(); // kept in order, until the fence is stamped anew
        shards.target.execute("UPDATE _shardshift_fence SET server_uuid = @@server_uuid");
        drain();
        assertThat(target()).isEqualTo(source());
    }

    @Test
    void whatTheMirrorDoesNotNeedIsDropped() throws Exception {
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'a'), (9, 9, 'b')");
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.VACANT, 2);
        shards.fence(TwoShards.TARGET, TwoShards.HIGH, Role.OWNER, 2);
        applier.take(List.of(
                fence(TwoShards.LOW, Role.OWNER, 1),
                fence(TwoShards.HIGH, Role.OWNER, 1),
                change(null, row(1, 1, "a")),
                change(null, row(9, 9, "b"))));
        drain();
        assertThat(target()).isEmpty();
    }

    @Test
    void aLateEventOfAHotKeyIsNoRepair() throws Exception {
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'newest')");
        shards.target.execute("INSERT INTO t VALUES (1, 1, 'newest')");
        applier.take(List.of(fence(TwoShards.LOW, Role.OWNER_MIRRORING, 1), change(null, row(1, 1, "older"))));
        drain();
        assertThat(target()).isEqualTo(source());
        assertThat(figures.health().repaired()).isZero();
    }

    @Test
    void deletionsAndMovesOfKeyAndSlotReachTheMirror() throws Exception {
        shards.target.execute(
                "INSERT INTO t VALUES (1, 1, 'gone'), (2, 1, 'key'), (3, 1, 'slot'), (5, 10, 'slot back')");
        shards.source.execute("INSERT INTO t VALUES (4, 1, 'key'), (3, 9, 'slot'), (5, 2, 'slot back')");
        applier.take(List.of(
                fence(TwoShards.LOW, Role.OWNER, 1),
                fence(TwoShards.HIGH, Role.OWNER, 1),
                change(row(1, 1, "gone"), null),
                change(row(2, 1, "key"), row(4, 1, "key")),
                change(row(3, 1, "slot"), row(3, 9, "slot")),
                change(row(5, 10, "slot back"), row(5, 2, "slot back"))));
        drain();
        assertThat(target()).isEqualTo(source());
    }

    @Test
    void anImageThatCannotBeComparedGoesToThePrimitive() throws Exception {
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'a')");
        shards.target.execute("INSERT INTO t VALUES (1, 1, 'A')");
        Image same = row(1, 1, "A"); // as the mirror's, but not certain
        same.notComparable().set(2);
        applier.take(List.of(fence(TwoShards.LOW, Role.OWNER, 1), change(null, same)));
        drain();
        assertThat(target()).isEqualTo(source());
    }

    @Test
    void aRowOfAnotherOwnerInTheWayStopsWithBoth() throws Exception { // [15]
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'a')");
        shards.target.execute("INSERT INTO t VALUES (1, 9, 'other')"); // the same key in a slot of another group
        applier.take(List.of(fence(TwoShards.LOW, Role.OWNER, 1), change(null, row(1, 1, "a"))));
        assertThatThrownBy(applier::work)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.TWO_OWNERS_COLLIDE));
        assertThat(target()).containsExactly(List.of("1", "9", "other"));
    }

    @Test
    void aSchemaChangeStops() throws Exception {
        ChangeEvent ddl = new SchemaChanged("t", "ALTER TABLE t ADD x INT", position(), Instant.now());
        assertThatThrownBy(() -> applier.take(List.of(ddl)))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.SCHEMA_CHANGED));
    }
}
