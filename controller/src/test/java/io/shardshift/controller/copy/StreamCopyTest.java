package io.shardshift.controller.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.apply.Naming;
import io.shardshift.controller.apply.StreamWorker;
import io.shardshift.controller.copy.CopyFixture.Stored;
import io.shardshift.controller.pacing.Cancellation;
import io.shardshift.controller.pacing.RowRate;
import io.shardshift.controller.pacing.Throttle;
import io.shardshift.controller.stream.MemoryStreamStore;
import io.shardshift.controller.stream.TwoShards;
import io.shardshift.controller.verify.Verification;
import io.shardshift.shard.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The backfill by the stream on real servers: slots 0 to 7 of 16 move. */
class StreamCopyTest {
    private static final String[] TABLES = {
        "CREATE TABLE orders (user_id INT NOT NULL, no INT NOT NULL, v VARCHAR(40), PRIMARY KEY (user_id, no))",
        "CREATE TABLE notes (code VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY, k INT NOT NULL,"
                + " v VARCHAR(40))"
    };
    private static final int ORDERS = 4_000;
    private static final int NOTES = 3_000;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong attempt = new AtomicLong(1);
    private final Stored stored = new Stored();
    private TwoShards shards;
    private List<ShardedTable> tables;
    private MirroredPair pair;
    private MemoryStreamStore offsets;
    private Leader leader;

    /** What one controller has in memory: a stream with its worker and naming. */
    private final class Leader implements NamedRows {
        private final Naming naming = Naming.by(TwoShards.MIGRATION);
        private final AtomicLong heartbeats = new AtomicLong(System.nanoTime());
        private final StreamWorker worker = new StreamWorker(
                TwoShards.SOURCE,
                List.of(TwoShards.LOW),
                tables,
                shards.streams,
                shards.sessions,
                offsets,
                SystemTiming.INSTANCE,
                naming);
        private @Nullable Future<?> running;

        @Override
        public Naming naming(ShardName source, String id) {
            naming.want(id);
            if (running == null) {
                running = shards.start(worker);
            }
            return naming;
        }

        @Override
        public boolean hasMetNow(ShardName source, Deadline deadline) throws InterruptedException {
            long value = heartbeats.incrementAndGet();
            try {
                shards.source.execute("REPLACE INTO _shardshift_heartbeat VALUES ('test', " + value + ", NOW(6))");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            return worker.awaitMet("test", value, deadline);
        }

        StreamCopy copy(@Nullable Long maxRowsPerSecond) {
            return new StreamCopy(context(maxRowsPerSecond), List.of(pair), tables, stored, this);
        }

        void stop() throws Exception {
            worker.stop();
            if (running != null) {
                running.get(60, TimeUnit.SECONDS);
            }
        }
    }

    @BeforeEach
    void fill() throws SQLException {
        shards = new TwoShards(TABLES);
        tables = List.of(shards.table("orders", "user_id"), shards.table("notes", "k"));
        pair = new MirroredPair(TwoShards.SOURCE, TwoShards.TARGET, List.of(TwoShards.LOW), 16);
        shards.source.execute(
                "INSERT INTO orders WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < "
                        + (ORDERS - 1) + ") SELECT /*+ SET_VAR(cte_max_recursion_depth = 100000) */"
                        + " i DIV 10, MOD(i, 10), CONCAT('value ', i) FROM n",
                "INSERT INTO notes WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < "
                        + (NOTES - 1) + ") SELECT /*+ SET_VAR(cte_max_recursion_depth = 100000) */"
                        + " CONCAT(IF(MOD(i, 3) = 0, 'ä', 'Z'), ' ', i), i, 'note' FROM n");
        offsets = new MemoryStreamStore(shards.atNow(TwoShards.SOURCE));
        shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER_MIRRORING, 1);
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.MIRROR, 1);
        leader = new Leader();
    }

    @AfterEach
    void end() throws Exception {
        leader.stop();
        threads.shutdownNow();
        shards.close();
    }

    private WorkContext context(@Nullable Long maxRowsPerSecond) {
        return new WorkContext(
                shards.sessions,
                SystemTiming.INSTANCE,
                new Throttle(SystemTiming.INSTANCE, Duration.ofSeconds(1), List.of()),
                new RowRate(SystemTiming.INSTANCE, maxRowsPerSecond),
                group -> attempt.get(),
                new ServerEstimates(shards.sessions, SystemTiming.INSTANCE),
                new Random(1));
    }

    private Future<?> start(StreamCopy copy, Cancellation cancellation) {
        return threads.submit(() -> {
            copy.run(cancellation);
            return null;
        });
    }

    private void assertCopied() throws SQLException {
        assertThat(shards.target.rows("SELECT * FROM orders ORDER BY 1, 2"))
                .isEqualTo(shards.source.rows("SELECT * FROM orders WHERE MOD(user_id, 16) < 8 ORDER BY 1, 2"));
        assertThat(shards.target.rows("SELECT * FROM notes ORDER BY 1"))
                .isEqualTo(shards.source.rows("SELECT * FROM notes WHERE MOD(k, 16) < 8 ORDER BY 1"));
    }

    private static void change(Statement statement, Random random) throws SQLException {
        int user = random.nextInt(ORDERS / 10);
        int note = random.nextInt(NOTES);
        statement.execute(
                switch (random.nextInt(4)) {
                    case 0 -> "DELETE FROM orders WHERE user_id = " + user + " AND no = " + random.nextInt(10);
                    case 1 -> "REPLACE INTO orders VALUES (" + user + ", " + random.nextInt(12) + ", 'changed')";
                    case 2 -> "UPDATE notes SET v = '" + random.nextInt() + "' WHERE k = " + note;
                    default -> "REPLACE INTO notes VALUES ('new " + note + "', " + note + ", 'new')";
                });
    }

    @Test
    void everyRowIsNamedWhileWritersChangeThem() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicLong changes = new AtomicLong();
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Random random = new Random(i);
            writers.add(threads.submit(() -> {
                try (Connection connection = shards.source.connect();
                        Statement statement = connection.createStatement()) {
                    while (!ended.get()) {
                        change(statement, random);
                        changes.incrementAndGet();
                    }
                }
                return null;
            }));
        }
        await().until(() -> changes.get() > 20);
        // another migration's signal in the same table is not ours to heed
        shards.source.execute("INSERT INTO _shardshift_signal VALUES ('x', 'm-2/execute-snapshot', '{}')");

        StreamCopy copy = leader.copy(null);
        copy.run(Cancellation.NEVER);
        ended.set(true);
        for (Future<?> writer : writers) {
            writer.get();
        }

        assertThat(changes.get()).isGreaterThan(100);
        WorkProgress progress = copy.progress();
        assertThat(progress.done()).isTrue();
        assertThat(progress.rows()).isBetween((long) NOTES, 2L * (ORDERS + NOTES));
        assertThat(progress.rowsTotal()).isEqualTo(progress.rows());
        assertThat(shards.source.rows("SELECT type FROM _shardshift_signal"))
                .containsExactly(List.of("m-2/execute-snapshot"));

        // the catch-up, then verification
        shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER_MIRRORING, 2);
        assertThat(leader.worker.awaitPassed(TwoShards.LOW.id(), Role.OWNER_MIRRORING, 1, 2, soon()))
                .isTrue();
        Verification verification =
                new Verification(context(null), List.of(pair), tables, new Stored(), false, List.of());
        verification.runWorker(Cancellation.NEVER);
        assertThat(verification.differences()).isEmpty();
        assertThat(verification.progress().rows()).isGreaterThan(NOTES);
        assertCopied();
    }

    private static Deadline soon() {
        return SystemTiming.INSTANCE.deadlineIn(Duration.ofSeconds(60));
    }

    /** A lock on a row in the middle: the backfill comes so far, and no further. */
    private Connection holdAnOrder() throws SQLException {
        Connection holder = shards.source.connect();
        holder.setAutoCommit(false);
        holder.createStatement().execute("UPDATE orders SET v = 'held' WHERE user_id = 259 AND no = 9");
        return holder;
    }

    private long copiedOrders() throws SQLException {
        return Long.parseLong(
                shards.target.rows("SELECT COUNT(*) FROM orders").get(0).get(0));
    }

    @Test
    void anotherControllerGoesOnInTheMiddle() throws Exception {
        try (Connection holder = holdAnOrder()) {
            AtomicBoolean crashed = new AtomicBoolean();
            Future<?> first = start(leader.copy(null), crashed::get);
            await().atMost(60, TimeUnit.SECONDS)
                    .until(() -> copiedOrders() > 1_000
                            && offsets.load()
                                    .orElseThrow()
                                    .position()
                                    .namingUnderWay()
                                    .isPresent());
            leader.stop(); // first, so that no pause is heeded
            crashed.set(true);
            first.get();
            holder.rollback();
        }
        assertThat(stored.read(TwoShards.SOURCE, TwoShards.TARGET, "orders").map(TableProgress::done))
                .isNotEqualTo(Optional.of(true));

        leader = new Leader();
        StreamCopy second = leader.copy(null);
        second.run(Cancellation.NEVER);

        assertCopied();
        assertThat(leader.naming.told().rows().get("orders")).isPositive().isLessThan(ORDERS - 500L);
        assertThat(second.progress().done()).isTrue();
        // and a third has nothing to do
        leader.stop();
        leader = new Leader();
        leader.copy(null).run(Cancellation.NEVER);
        assertThat(leader.running).isNull();
    }

    @Test
    void aNewAttemptBeginsAgainAlsoInTheMiddle() throws Exception { // [34]
        Future<?> run;
        try (Connection holder = holdAnOrder()) {
            run = start(leader.copy(null), Cancellation.NEVER);
            await().atMost(60, TimeUnit.SECONDS).until(() -> copiedOrders() > 1_000);
            // as phase 1 does it: VACANT, the new attempt, emptied, MIRROR
            shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.VACANT, 2);
            attempt.set(2);
            shards.target.execute("DELETE FROM orders", "DELETE FROM notes");
            shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.MIRROR, 3);
            holder.rollback();
        }
        try {
            run.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) { // keys met VACANT: the step is run again
            assertThat(e)
                    .cause()
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            problem ->
                                    assertThat(problem.problem().code()).isEqualTo(ErrorCode.FENCE_CHANGED_BY_ANOTHER));
            leader.copy(null).run(Cancellation.NEVER);
        }
        assertCopied();

        attempt.set(3);
        shards.target.execute("DELETE FROM orders", "DELETE FROM notes");
        leader.copy(null).run(Cancellation.NEVER);
        assertCopied();
    }

    @Test
    void theNamingOfAnEarlierAttemptIsEndedWhereItIs() throws Exception { // [34]
        Future<?> run = start(leader.copy(3_000L), Cancellation.NEVER);
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> leader.naming.told().underWay()
                        && !leader.naming.told().rows().isEmpty());
        Optional<String> first = leader.naming.told().about();
        attempt.set(2);
        await().atMost(60, TimeUnit.SECONDS)
                .until(() -> leader.naming.told().underWay()
                        && !leader.naming.told().about().equals(first));
        assertThat(leader.naming.told().opening()).isGreaterThan(1); // else it was named to its end, for nothing
        run.get(60, TimeUnit.SECONDS);
        assertCopied();
    }

    @Test
    void rowsThatWereNamedUnderAnotherFenceCountForNothing() throws Exception { // [2][34]
        shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.MIRROR, 2);
        assertFenceStopsIt(leader.copy(null));
        shards.fence(TwoShards.SOURCE, TwoShards.LOW, Role.OWNER_MIRRORING, 3);
        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.VACANT, 2);
        assertFenceStopsIt(leader.copy(null));
        assertThat(copiedOrders()).isZero();
        assertThat(stored.read(TwoShards.SOURCE, TwoShards.TARGET, "orders").map(TableProgress::done))
                .isNotEqualTo(Optional.of(true));

        shards.fence(TwoShards.TARGET, TwoShards.LOW, Role.MIRROR, 3);
        leader.copy(null).run(Cancellation.NEVER);
        assertCopied();
    }

    private static void assertFenceStopsIt(StreamCopy copy) {
        assertThatThrownBy(() -> copy.run(Cancellation.NEVER))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.FENCE_CHANGED_BY_ANOTHER));
    }

    @Test
    void aStopPausesItAndARateHoldsItBack() throws Exception {
        // enough that it cannot all be read before the first pause is heeded
        shards.source.execute(
                "INSERT INTO orders WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i <"
                        + " 29999) SELECT /*+ SET_VAR(cte_max_recursion_depth = 100000) */ 1000 + i DIV 10, MOD(i, 10), 'x' FROM n");
        AtomicBoolean stopped = new AtomicBoolean();
        StreamCopy first = leader.copy(1_000L);
        Future<?> run = start(first, stopped::get);
        await().atMost(60, TimeUnit.SECONDS).until(() -> first.progress().rows() > 0);
        stopped.set(true);
        run.get(60, TimeUnit.SECONDS);
        assertThat(first.progress().done()).isFalse();
        assertThat(leader.hasMetNow(TwoShards.SOURCE, soon())).isTrue(); // the pause is behind …
        assertThat(leader.hasMetNow(TwoShards.SOURCE, soon())).isTrue(); // … and the chunk that was in hand then
        long before = leader.naming.told().rows().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        assertThat(leader.hasMetNow(TwoShards.SOURCE, soon())).isTrue();
        assertThat(leader.naming.told().underWay()).isTrue();
        assertThat(leader.naming.told().rows().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(before)
                .isLessThan(30_000L);

        long began = System.nanoTime();
        leader.copy(20_000L).run(Cancellation.NEVER);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(500));
        assertCopied();
    }
}
