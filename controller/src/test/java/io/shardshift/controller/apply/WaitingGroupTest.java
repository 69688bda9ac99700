package io.shardshift.controller.apply;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.Role;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.fence.HandTiming;
import io.shardshift.controller.stream.ChangeEvent;
import io.shardshift.controller.stream.ChangeEvent.FenceChanged;
import io.shardshift.controller.stream.ChangeEvent.Image;
import io.shardshift.controller.stream.ChangeEvent.RowChange;
import io.shardshift.controller.stream.ChangeStream;
import io.shardshift.controller.stream.MemoryStreamStore;
import io.shardshift.controller.stream.StoredStream;
import io.shardshift.controller.stream.StreamPosition;
import io.shardshift.controller.stream.TwoShards;
import io.shardshift.shard.Row;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a group that waits for its mirror, or for one row's lock, means for the others [12]; on real shards. */
@SuppressWarnings("NullAway.Init")
class WaitingGroupTest {
    private TwoShards shards;
    private ShardedTable table;
    private Applier applier;
    private final HandTiming timing = new HandTiming();
    private final AtomicInteger tries = new AtomicInteger();
    private Duration ofATry = Duration.ZERO;
    private int events;

    @BeforeEach
    void open() throws SQLException {
        shards = new TwoShards("CREATE TABLE t (id INT PRIMARY KEY, k INT, v VARCHAR(20))");
        table = shards.table("t", "k");
        for (Group group : TwoShards.GROUPS) {
            shards.fence(TwoShards.TARGET, group, Role.MIRROR, 1);
        }
        ShardSessions counted = (shard, purpose, deadline) -> {
            if (purpose == Purpose.OWNER) {
                tries.incrementAndGet(); // each batch that is not equal already opens one
                timing.advance(ofATry);
            }
            return shards.sessions.open(shard, purpose, deadline);
        };
        applier = new Applier(
                TwoShards.SOURCE,
                TwoShards.GROUPS,
                Map.of("t", table),
                new MirrorWriter(TwoShards.SOURCE, counted, SystemTiming.INSTANCE),
                timing,
                StoredStream.at(position()),
                new Passed(),
                new StreamFigures(timing),
                Naming.none());
    }

    @AfterEach
    void close() throws SQLException {
        shards.close();
    }

    private StreamPosition position() {
        return new StreamPosition(Map.of("event", events));
    }

    private FenceChanged fence(Group group, Role role) throws SQLException {
        events++;
        return new FenceChanged(shards.fenceValue(TwoShards.SOURCE, group, role, 1), position(), Instant.now());
    }

    private RowChange inserted(int id, int k, String v) {
        events++;
        byte[][] values = {
            Integer.toString(id).getBytes(UTF_8), Integer.toString(k).getBytes(UTF_8), v.getBytes(UTF_8)
        };
        return new RowChange("t", null, new Image(new Row(values), new BitSet()), position(), Instant.now(), "");
    }

    /** More than two batches of the other group. */
    private List<ChangeEvent> manyOfHigh() throws SQLException {
        shards.source.execute(
                "SET cte_max_recursion_depth = 10000",
                "INSERT INTO t WITH RECURSIVE n AS (SELECT 101 AS i"
                        + " UNION ALL SELECT i + 1 FROM n WHERE i < 700) SELECT i, 9, 'high' FROM n");
        List<ChangeEvent> many = new ArrayList<>();
        for (int id = 101; id <= 700; id++) {
            many.add(inserted(id, 9, "high"));
        }
        return many;
    }

    private long mirrored(String condition) throws SQLException {
        return shards.target.rows("SELECT id FROM t WHERE " + condition).size();
    }

    /** A row that an application keeps locked: the group's next try of it lasts as long as a lock is waited for. */
    private Connection lowWaitsForOneRow() throws Exception {
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'low')");
        Connection holder = shards.source.connect();
        holder.setAutoCommit(false);
        holder.createStatement().execute("SELECT * FROM t WHERE id = 1 FOR UPDATE");
        applier.take(
                List.of(fence(TwoShards.LOW, Role.OWNER), fence(TwoShards.HIGH, Role.OWNER), inserted(1, 1, "low")));
        tryInVain();
        return holder;
    }

    /** It is tried alone, by a key alone: so long does it wait for the lock. */
    private void tryInVain() throws Exception {
        ofATry = Duration.ofSeconds(1);
        assertThat(applier.work()).isFalse();
        assertThat(tries.getAndSet(0)).isEqualTo(1);
        ofATry = Duration.ZERO;
        timing.advance(Duration.ofSeconds(1)); // its pause is over
    }

    @Test
    void theOthersGoFirstWhileAGroupWaitsForOneRow() throws Exception { // [12]
        try (Connection holder = lowWaitsForOneRow()) {
            tryInVain();
            tryInVain(); // however long it has been waiting
            applier.take(manyOfHigh());
            assertThat(applier.work()).isTrue();
            assertThat(applier.work()).isTrue();
            assertThat(tries).hasValue(2); // both of the others
            assertThat(mirrored("k = 9")).isEqualTo(512);
            assertThat(applier.work()).isFalse(); // nothing is left of the others: now it may wait again
            assertThat(tries).hasValue(4);
            assertThat(mirrored("k = 9")).isEqualTo(600);
            holder.rollback();
        }
    }

    @Test
    void butNotForEver() throws Exception { // [12]
        try (Connection holder = lowWaitsForOneRow()) {
            timing.advance(Duration.ofSeconds(2));
            holder.rollback();
            applier.take(manyOfHigh());
            assertThat(applier.work()).isTrue(); // the others have more
            assertThat(mirrored("id = 1")).isEqualTo(1);
            assertThat(mirrored("k = 9")).isEqualTo(256);
        }
    }

    /** What such a fence says is no more than what stood there before a failover: nothing is dropped by it. */
    @Test
    void aFenceThatWasStampedForAnotherServerIsWaitedFor() throws Exception { // [19]
        shards.source.execute("INSERT INTO t VALUES (1, 1, 'low')");
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.VACANT, 2);
        shards.target.execute("UPDATE _shardshift_fence SET server_uuid = 'of a server that failed' WHERE grp = 0");
        applier.take(List.of(fence(TwoShards.LOW, Role.OWNER), inserted(1, 1, "low")));
        applier.work();
        assertThat(applier.isEmpty()).isFalse();
        shards.target.execute("UPDATE _shardshift_fence SET server_uuid = @@server_uuid WHERE grp = 0");
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.MIRROR, 3);
        timing.advance(Duration.ofSeconds(1));
        applier.work();
        assertThat(applier.isEmpty()).isTrue();
        assertThat(mirrored("id = 1")).isEqualTo(1);
    }

    /** Counts the pauses of a worker; otherwise the machine's clock. */
    private static final class Pauses implements Timing {
        private final AtomicInteger counted = new AtomicInteger();

        @Override
        public Instant now() {
            return SystemTiming.INSTANCE.now();
        }

        @Override
        public long nanoTime() {
            return SystemTiming.INSTANCE.nanoTime();
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
            counted.incrementAndGet();
            SystemTiming.INSTANCE.pause(duration);
        }
    }

    /** A stream that has these events and then none. */
    private static final class Events implements ChangeStream {
        private final AtomicInteger polls = new AtomicInteger();
        private final List<ChangeEvent> first;

        Events(List<ChangeEvent> first) {
            this.first = first;
        }

        @Override
        public List<ChangeEvent> poll(Duration atMost) throws InterruptedException {
            if (polls.incrementAndGet() == 1) {
                return first;
            }
            SystemTiming.INSTANCE.pause(atMost);
            return List.of();
        }

        @Override
        public void markDone(StreamPosition position) {}

        @Override
        public List<String> schemaHistory() {
            return List.of();
        }

        @Override
        public void close() {}
    }

    @Test
    void theStreamWaitsWithAGroupThatIsFull() throws Exception { // [12]
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.CLOSED, 2);
        List<ChangeEvent> all = new ArrayList<>();
        all.add(fence(TwoShards.LOW, Role.OWNER));
        for (int id = 0; id < 50_000; id++) {
            all.add(inserted(id, 1, "low"));
        }
        Events stream = new Events(all);
        Pauses pauses = new Pauses();
        StreamWorker worker = new StreamWorker(
                TwoShards.SOURCE,
                TwoShards.GROUPS,
                List.of(table),
                start -> stream,
                shards.sessions,
                new MemoryStreamStore(StoredStream.at(position())),
                pauses);
        Future<?> run = shards.start(worker);
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> pauses.counted.get() >= 10 || stream.polls.get() > 1); // many turns
        assertThat(stream.polls).hasValue(1);
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.VACANT, 3); // what waited is not needed any more
        await().atMost(60, TimeUnit.SECONDS).until(() -> stream.polls.get() > 1);
        worker.stop();
        run.get(60, TimeUnit.SECONDS);
    }
}
