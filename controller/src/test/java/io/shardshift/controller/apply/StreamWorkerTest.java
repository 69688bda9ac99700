package io.shardshift.controller.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.stream.ChangeStream;
import io.shardshift.controller.stream.MemoryStreamStore;
import io.shardshift.controller.stream.Polled;
import io.shardshift.controller.stream.StreamException;
import io.shardshift.controller.stream.StreamStart;
import io.shardshift.controller.stream.TwoShards;
import io.shardshift.shard.ShardedTable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Streams, workers and mirrors together, on real servers. */
class StreamWorkerTest {
    private static final String TABLE = "CREATE TABLE t (id INT PRIMARY KEY, k INT, v VARCHAR(20), f FLOAT)";
    private static final String ALL = "SELECT * FROM t ORDER BY id";

    private static Deadline deadline() {
        return SystemTiming.INSTANCE.deadlineIn(Duration.ofSeconds(60));
    }

    private static void writeAt(TwoShards shards, ShardName shard, int firstId, int firstSlot, long seed)
            throws SQLException {
        Random random = new Random(seed);
        String[] statements = new String[150];
        for (int i = 0; i < statements.length; i++) {
            int id = firstId + random.nextInt(20);
            statements[i] = random.nextInt(3) == 0
                    ? "DELETE FROM t WHERE id = " + id
                    : "REPLACE INTO t VALUES (" + id + ", " + (firstSlot + id % 8) + ", 'v" + i + "', " + i + ".1)";
        }
        shards.schema(shard).execute(statements);
    }

    @Test
    void forwardAndReverseAtOnceDoNotLoopAndDrain() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE)) {
            ShardedTable table = shards.table("t", "k");
            MemoryStreamStore forwardStore = new MemoryStreamStore(shards.atNow(TwoShards.SOURCE));
            MemoryStreamStore reverseStore = new MemoryStreamStore(shards.atNow(TwoShards.TARGET));
            shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER_MIRRORING, 1);
            shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.MIRROR, 1);
            shards.fence(TwoShards.SOURCE, TwoShards.HIGH, Role.MIRROR, 1);
            shards.fence(TwoShards.TARGET, TwoShards.HIGH, Role.OWNER, 1);
            StreamWorker forward = shards.worker(TwoShards.SOURCE, forwardStore, table);
            StreamWorker reverse = shards.worker(TwoShards.TARGET, reverseStore, table);
            assertThat(forward.health().state()).isEqualTo(StreamHealth.State.STARTING);
            assertThat(forward.health().lag()).isNull();
            Future<?> forwardRun = shards.start(forward);
            Future<?> reverseRun = shards.start(reverse);

            writeAt(shards, TwoShards.SOURCE, 0, 0, 1);
            writeAt(shards, TwoShards.TARGET, 100, 8, 2);
            // the drain marker: this CLOSED [3]
            shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.CLOSED, 2);
            shards.fence(TwoShards.TARGET, TwoShards.HIGH, Role.CLOSED, 2);
            assertThat(forward.awaitPassed(TwoShards.LOW.id(), Role.CLOSED, 1, 2, deadline()))
                    .isTrue();
            assertThat(reverse.awaitPassed(TwoShards.HIGH.id(), Role.CLOSED, 1, 2, deadline()))
                    .isTrue();
            assertThat(shards.target.rows(ALL)).isNotEmpty().isEqualTo(shards.source.rows(ALL));

            // what the mirrors wrote comes back as echoes: it must cause nothing more
            shards.source.execute(Polled.heartbeat(1));
            shards.target.execute(Polled.heartbeat(1));
            assertThat(forward.awaitHeartbeat("test", 1, deadline())).isTrue();
            assertThat(reverse.awaitHeartbeat("test", 1, deadline())).isTrue();
            assertThat(forward.health().foreignWrites()).isZero();
            String executed = "SELECT @@gtid_executed";
            List<List<String>> before = List.of(
                    shards.source.rows(executed).get(0),
                    shards.target.rows(executed).get(0));
            await().atMost(30, TimeUnit.SECONDS).until(() -> forward.health().lag() != null);
            assertThat(List.of(
                            shards.source.rows(executed).get(0),
                            shards.target.rows(executed).get(0)))
                    .isEqualTo(before);
            assertThat(forward.health().state()).isEqualTo(StreamHealth.State.RUNNING);
            assertThat(forward.health().repaired()).isPositive();

            forward.stop();
            reverse.stop();
            forwardRun.get(60, TimeUnit.SECONDS);
            reverseRun.get(60, TimeUnit.SECONDS);
            assertThat(Objects.requireNonNull(forwardStore
                                    .load()
                                    .orElseThrow()
                                    .fencesByGroup()
                                    .get(TwoShards.LOW.id()))
                            .role())
                    .isEqualTo(Role.CLOSED);
            // a worker that starts there has passed the marker already
            StreamWorker again = shards.worker(TwoShards.SOURCE, forwardStore, table);
            Future<?> againRun = shards.start(again);
            assertThat(again.awaitPassed(TwoShards.LOW.id(), Role.CLOSED, 1, 2, deadline()))
                    .isTrue();
            assertThat(again.awaitPassed(
                            TwoShards.LOW.id(),
                            Role.CLOSED,
                            1,
                            3,
                            SystemTiming.INSTANCE.deadlineIn(Duration.ofMillis(20))))
                    .isFalse();
            again.stop();
            againRun.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatWasNotDoneComesAgainWithTheRoleOfItsPlace() throws Exception { // [2][19]
        try (TwoShards shards = new TwoShards(TABLE)) {
            ShardedTable table = shards.table("t", "k");
            MemoryStreamStore store = new MemoryStreamStore(shards.atNow(TwoShards.SOURCE));
            shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER, 1);
            shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.CLOSED, 1); // what is for it waits
            shards.source.execute("INSERT INTO t VALUES (1, 1, 'owned', 1)");
            shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.CLOSED, 2);
            shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.MIRROR, 3);
            shards.source.execute(Polled.heartbeat(1));
            StreamWorker worker = shards.worker(TwoShards.SOURCE, store, table);
            Future<?> run = shards.start(worker);
            assertThat(worker.awaitMet("test", 1, deadline())).isTrue(); // all is read
            worker.stop();
            run.get(60, TimeUnit.SECONDS);
            assertThat(Objects.requireNonNull(
                                    store.load().orElseThrow().fencesByGroup().get(TwoShards.LOW.id()))
                            .role())
                    .isEqualTo(Role.OWNER); // by today's, the row that comes again would be an echo
            assertThat(shards.target.rows(ALL)).isEmpty();

            shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.MIRROR, 2);
            StreamWorker again = shards.worker(TwoShards.SOURCE, store, table);
            Future<?> againRun = shards.start(again);
            assertThat(again.awaitPassed(TwoShards.LOW.id(), Role.MIRROR, 1, 3, deadline()))
                    .isTrue();
            assertThat(shards.target.rows(ALL)).hasSize(1).isEqualTo(shards.source.rows(ALL));
            again.stop();
            againRun.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void aKilledServerIsFollowedAgainAndALostPositionStops() throws Exception {
        try (TwoShards shards = new TwoShards(2, TABLE)) {
            shards.source.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
            ShardedTable table = shards.table("t", "k");
            MemoryStreamStore store = new MemoryStreamStore(shards.atNow(TwoShards.SOURCE));
            shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER, 1);
            shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.MIRROR, 1);
            shards.source.execute("INSERT INTO t VALUES (1, 1, 'before', 1)", Polled.heartbeat(1));
            StreamWorker worker = shards.worker(TwoShards.SOURCE, store, table);
            Future<?> run = shards.start(worker);
            await().atMost(60, TimeUnit.SECONDS)
                    .until(() -> shards.target.rows(ALL).size() == 1);
            assertThat(worker.awaitHeartbeat("test", 1, deadline())).isTrue();

            shards.source.server().kill();
            await().atMost(60, TimeUnit.SECONDS).until(() -> worker.health().state() == StreamHealth.State.BROKEN);
            assertThat(Objects.requireNonNull(worker.health().problem()).code()).isEqualTo(ErrorCode.STREAM_BROKEN);
            shards.source.server().restart();
            shards.source.execute("INSERT INTO t VALUES (2, 2, 'after', 1)");
            await().atMost(60, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(shards.target.rows(ALL))
                            .describedAs("%s", worker.health())
                            .hasSize(2));
            assertThat(worker.health().state()).isEqualTo(StreamHealth.State.RUNNING);
            worker.stop();
            run.get(60, TimeUnit.SECONDS);

            shards.source.execute("INSERT INTO t VALUES (3, 3, 'never read', 1)", "FLUSH BINARY LOGS");
            List<List<String>> logs = shards.source.rows("SHOW BINARY LOGS");
            shards.source.execute(
                    "PURGE BINARY LOGS TO '" + logs.get(logs.size() - 1).get(0) + "'");
            StreamWorker late = shards.worker(TwoShards.SOURCE, store, table);
            late.run(); // ends by itself
            assertThat(late.health().state()).isEqualTo(StreamHealth.State.STOPPED);
            assertThat(opening(shards, store, table)).isEqualTo(StreamException.Kind.POSITION_LOST);

            shards.source.execute("RESET MASTER");
            assertThat(opening(shards, store, table)).isEqualTo(StreamException.Kind.HISTORY_WENT_BACK);
            late = shards.worker(TwoShards.SOURCE, store, table);
            late.run();
            assertThat(Objects.requireNonNull(late.health().problem()).code()).isEqualTo(ErrorCode.HISTORY_WENT_BACK);
        }
    }

    private static StreamException.Kind opening(TwoShards shards, MemoryStreamStore store, ShardedTable table) {
        StreamStart start = new StreamStart(TwoShards.SOURCE, store.load().orElseThrow(), List.of(table.schema()));
        try (ChangeStream stream = shards.streams.open(start)) {
            throw new AssertionError("opened: " + stream);
        } catch (StreamException e) {
            return e.kind();
        }
    }
}
