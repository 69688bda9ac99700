package io.shardshift.controller.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.shardshift.api.codec.Json;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.pacing.Cancellation;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.Mirror;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.Row;
import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSession.RowLock;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BulkCopyTest {
    private static final String T =
            "CREATE TABLE t (id INT PRIMARY KEY, user_id INT NOT NULL, v VARCHAR(40), UNIQUE KEY by_v (v))";

    /** Ids first to last; the slot of a row is its user_id modulo 16. */
    private static String fill(int first, int last) {
        return "INSERT INTO t WITH RECURSIVE n AS (SELECT " + first + " AS i UNION ALL SELECT i + 1 FROM n WHERE i < "
                + last + ") SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000) */ i, i, CONCAT('value ', i) FROM n";
    }

    private static void assertCopied(CopyFixture shards) throws Exception {
        String moving = CopyFixture.moving("t", "MOD(user_id, 16)");
        assertThat(shards.target.rows(moving)).isEqualTo(shards.source.rows(moving));
    }

    @Test
    void movingRowsAreCopiedByManyWorkersAndNoOthersAreTouched() throws Exception { // [15]
        try (CopyFixture shards = new CopyFixture(T)) {
            shards.source.execute(fill(1, 20_000));
            shards.target.execute("INSERT INTO t VALUES (5, 15, 'of another owner'), (30000, 9, 'another')");
            shards.source.execute("DELETE FROM t WHERE id = 5");
            BulkCopy copy = shards.copy(shards.sessions, shards.table("t", "user_id"));
            CopyFixture.join(shards.start(4, Cancellation.NEVER, copy::runWorker));

            assertCopied(shards);
            assertThat(shards.target.rows("SELECT id, v FROM t WHERE MOD(user_id, 16) > 7 ORDER BY id"))
                    .isEqualTo(List.of(List.of("5", "of another owner"), List.of("30000", "another")));
            assertThat(copy.isDone()).isTrue();
            assertThat(copy.progress().rows()).isEqualTo(9_999);
            assertThat(copy.progress().rowsTotal()).isEqualTo(9_999);
            assertThat(copy.progress().etaSeconds()).isZero();
            TableProgress stored = shards.stored
                    .read(CopyFixture.SOURCE, CopyFixture.TARGET, "t")
                    .orElseThrow();
            assertThat(Json.read(Json.write(stored), TableProgress.class)).isEqualTo(stored);
        }
    }

    /** Or the end of a table could be overwritten by what another worker took before it. */
    @Test
    void progressOfATableIsStoredByOneWorkerAtATime() throws Exception {
        try (CopyFixture shards = new CopyFixture(T)) {
            shards.source.execute(fill(1, 20_000));
            BulkCopy copy = shards.copy(shards.sessions, shards.table("t", "user_id"));
            AtomicBoolean inside = new AtomicBoolean();
            AtomicBoolean overlapped = new AtomicBoolean();
            AtomicInteger writes = new AtomicInteger();
            CountDownLatch endStored = new CountDownLatch(1);
            shards.stored.listener = now -> {
                if (now.done()) {
                    overlapped.compareAndSet(false, inside.get());
                    endStored.countDown();
                } else if (writes.incrementAndGet() == 2) { // the first is of the beginning
                    inside.set(true);
                    await().until(copy::isDone);
                    try {
                        endStored.await(200, TimeUnit.MILLISECONDS); // for nothing, unless two store at once
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    inside.set(false);
                }
            };
            CopyFixture.join(shards.start(4, Cancellation.NEVER, copy::runWorker));
            assertThat(overlapped).isFalse();
            assertThat(shards.stored.read(CopyFixture.SOURCE, CopyFixture.TARGET, "t"))
                    .hasValueSatisfying(stored -> assertThat(stored.done()).isTrue());
        }
    }

    @Test
    void emptyTablesSingleRowsCompositeAndTextKeysAreCopied() throws Exception {
        try (CopyFixture shards = new CopyFixture(
                "CREATE TABLE none (id INT PRIMARY KEY)",
                "CREATE TABLE one (id INT PRIMARY KEY)",
                "CREATE TABLE composite (a INT, b VARCHAR(10), c DATETIME(3), v INT, PRIMARY KEY (a, b, c))",
                "CREATE TABLE text (code VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci PRIMARY KEY, v INT)")) {
            shards.source.execute(
                    "INSERT INTO one VALUES (3)",
                    "INSERT INTO composite WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                            + " SELECT MOD(i, 7), CONCAT('k', MOD(i, 31)), FROM_UNIXTIME(1000 + i), i FROM n",
                    "INSERT INTO text WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                            + " SELECT CONCAT(IF(MOD(i, 2), 'ä', 'B'), i, '\\'\\\\'), i FROM n");
            ShardedTable text = shards.table("text", "code");
            BulkCopy copy = shards.copy(
                    shards.sessions,
                    shards.table("none", "id"),
                    shards.table("one", "id"),
                    shards.table("composite", "a"),
                    text);
            CopyFixture.join(shards.start(3, Cancellation.NEVER, copy::runWorker));

            assertThat(shards.target.rows("SELECT * FROM none")).isEmpty();
            assertThat(shards.target.rows("SELECT * FROM one")).isEqualTo(List.of(List.of("3")));
            String composite = "SELECT * FROM composite ORDER BY a, b, c";
            assertThat(shards.target.rows(composite)).hasSize(901).isEqualTo(shards.source.rows(composite));
            String moving = CopyFixture.moving("text", text.slotSql());
            assertThat(shards.target.rows(moving)).isNotEmpty().isEqualTo(shards.source.rows(moving));
            assertThat(shards.target.rows("SELECT * FROM text")).hasSameSizeAs(shards.source.rows(moving));
        }
    }

    @Test
    void whatWritersThatMirrorDoMeanwhileIsNotLost() throws Exception { // [36]
        try (CopyFixture shards = new CopyFixture(T)) {
            shards.source.execute(fill(1, 12_000));
            ShardedTable table = shards.table("t", "user_id");
            BulkCopy copy = shards.copy(shards.sessions, table);
            AtomicInteger written = new AtomicInteger();
            List<Future<?>> writer =
                    shards.start(1, copy::isDone, cancellation -> write(shards, table, cancellation, written));
            await().until(() -> written.get() > 0);
            CopyFixture.join(shards.start(3, Cancellation.NEVER, copy::runWorker));
            CopyFixture.join(writer);
            assertThat(written.get()).isGreaterThan(5);
            assertCopied(shards);
        }
    }

    /** Updates, deletes and inserts rows all over the table, mirrored as an agent does it. */
    private static void write(CopyFixture shards, ShardedTable table, Cancellation cancellation, AtomicInteger written)
            throws Exception {
        Random random = new Random(7);
        while (!cancellation.isCancelled()) {
            int id = 16 * (1 + random.nextInt(800)) + 3; // slot 3: of the second group
            List<String> choices = List.of(
                    "UPDATE t SET v = CONCAT('new ', " + written + ") WHERE id = " + id,
                    "DELETE FROM t WHERE id = " + id,
                    "INSERT INTO t VALUES (" + id + ", " + id + ", 'again " + id + " " + written
                            + "') ON DUPLICATE KEY UPDATE user_id = user_id");
            Set<PrimaryKey> keys = Set.of(new PrimaryKey(Integer.toString(id).getBytes(StandardCharsets.US_ASCII)));
            var deadline = SystemTiming.INSTANCE.deadlineIn(Duration.ofSeconds(20));
            try (JdbcShardSession owner = shards.sessions.open(CopyFixture.SOURCE, Purpose.OWNER, deadline);
                    JdbcShardSession mirror = shards.sessions.open(CopyFixture.TARGET, Purpose.MIRROR, deadline)) {
                owner.begin(Isolation.REPEATABLE_READ);
                try (Statement statement = owner.connection().createStatement()) {
                    statement.execute(choices.get(random.nextInt(3)));
                }
                List<Row> rows = owner.readRows(table, keys, RowLock.UPDATE_NOWAIT);
                mirror.begin(Isolation.READ_COMMITTED);
                Mirror.equalise(
                        mirror,
                        List.of(new Mirror.Part(shards.pair.mirrored().get(1), table, keys, rows)),
                        (more, moreKeys) -> owner.readRows(more, moreKeys, RowLock.SHARE_NOWAIT));
                owner.commit();
                mirror.commit();
                written.incrementAndGet();
            } catch (java.sql.SQLException | io.shardshift.shard.ShardException e) {
                assertThat(e).hasMessageMatching("(?s).*(LOCK_REFUSED|TRANSACTION_LOST|Lock wait|Deadlock).*");
            }
        }
    }

    @Test
    void aCopyThatWasStoppedGoesOnWhereItWas() throws Exception {
        try (CopyFixture shards = new CopyFixture(T)) {
            shards.source.execute(fill(1, 10_000));
            ShardedTable table = shards.table("t", "user_id");
            AtomicBoolean stop = new AtomicBoolean();
            shards.stored.listener = progress -> stop.set(progress.key().isPresent());
            BulkCopy first = shards.copy(shards.sessions, table);
            CopyFixture.join(shards.start(1, stop::get, first::runWorker));
            assertThat(first.isDone()).isFalse();

            shards.stored.listener = any -> {};
            shards.target.execute("DELETE FROM t WHERE id = 1"); // shows that it is not copied again
            BulkCopy second = shards.copy(shards.sessions, table);
            CopyFixture.join(shards.start(2, Cancellation.NEVER, second::runWorker));
            assertThat(shards.target.rows("SELECT id FROM t WHERE id = 1")).isEmpty();
            assertThat(second.progress().rows()).isEqualTo(5_000);
            shards.source.execute("DELETE FROM t WHERE id = 1");
            assertCopied(shards);
        }
    }

    @Test
    void whatAnEarlierAttemptCopiedDoesNotCountWhenItIsTakenUpAgain() throws Exception { // [34]
        try (CopyFixture shards = new CopyFixture(T)) {
            shards.source.execute(fill(1, 2_000));
            ShardedTable table = shards.table("t", "user_id");
            BulkCopy first = shards.copy(shards.sessions, table);
            CopyFixture.join(shards.start(1, Cancellation.NEVER, first::runWorker));
            shards.attempt.incrementAndGet();
            shards.target.execute("DELETE FROM t"); // as the new attempt begins
            BulkCopy second = shards.copy(shards.sessions, table); // by a new leader, from what is stored
            assertThat(second.isDone()).isFalse();
            CopyFixture.join(shards.start(1, Cancellation.NEVER, second::runWorker));
            assertCopied(shards);
        }
    }

    @Test
    void aNewAttemptMidWayIsCopiedFromTheBeginning() throws Exception { // [34]
        try (CopyFixture shards = new CopyFixture(T)) {
            shards.source.execute(fill(1, 8_000));
            ShardedTable table = shards.table("t", "user_id");
            AtomicBoolean first = new AtomicBoolean(true);
            BulkCopy copy = shards.copy(
                    shards.watched((shard, purpose, method) -> {
                        if (purpose == Purpose.MIRROR && method.equals("close") && first.getAndSet(false)) {
                            shards.attempt.incrementAndGet(); // the chunk has been committed, and not been recorded
                            shards.target.execute("DELETE FROM t");
                        }
                    }),
                    table);
            CopyFixture.join(shards.start(1, Cancellation.NEVER, copy::runWorker));
            assertCopied(shards);
            assertThat(shards.stored
                            .read(CopyFixture.SOURCE, CopyFixture.TARGET, "t")
                            .orElseThrow()
                            .attempts())
                    .containsEntry(0, 2L)
                    .containsEntry(1, 2L);
            shards.attempt.incrementAndGet();
            assertThat(copy.isDone()).isFalse();
        }
    }

    @Test
    void appendsNeverWaitForAChunk() throws Exception { // [8]
        try (CopyFixture shards = new CopyFixture(T);
                Connection application = shards.source.connect();
                Statement append = application.createStatement()) {
            shards.source.execute(fill(1, 3_000));
            append.execute("SET innodb_lock_wait_timeout = 1");
            AtomicInteger id = new AtomicInteger(1_000_000);
            BulkCopy copy = shards.copy(
                    shards.watched((shard, purpose, method) -> {
                        if (purpose == Purpose.MIRROR && method.equals("commit")) { // the owner's locks are held
                            int next = id.incrementAndGet();
                            append.execute("INSERT INTO t VALUES (" + next + ", 15, 'a" + next + "')");
                        }
                    }),
                    shards.table("t", "user_id"));
            CopyFixture.join(shards.start(1, Cancellation.NEVER, copy::runWorker));
            assertThat(id.get()).isGreaterThan(1_000_002);
            assertCopied(shards);
        }
    }

    @Test
    void aRowThatAnApplicationHoldsIsCopiedLastAndTheOthersAreNotHeldUp() throws Exception {
        try (CopyFixture shards = new CopyFixture(T);
                Connection application = shards.source.connect();
                Statement statement = application.createStatement()) {
            shards.source.execute(fill(1, 2_000));
            application.setAutoCommit(false);
            statement.execute("UPDATE t SET v = 'held' WHERE id = 1027"); // slot 3
            BulkCopy copy = shards.copy(shards.sessions, shards.table("t", "user_id"));
            List<Future<?>> workers = shards.start(2, Cancellation.NEVER, copy::runWorker);
            await().until(() -> shards.target.rows("SELECT COUNT(*) FROM t").equals(List.of(List.of("999"))));
            assertThat(copy.isDone()).isFalse();
            application.commit();
            CopyFixture.join(workers);
            assertCopied(shards);
        }
    }

    @Test
    void twoOwnersOfOneUniqueValueStopTheCopyAndBothRowsAreShown() throws Exception { // [15]
        try (CopyFixture shards = new CopyFixture(T)) {
            shards.source.execute(fill(1, 100));
            shards.target.execute("INSERT INTO t VALUES (5000, 15, 'value 18')");
            BulkCopy copy = shards.copy(shards.sessions, shards.table("t", "user_id"));
            assertThatThrownBy(() -> copy.runWorker(Cancellation.NEVER))
                    .isInstanceOfSatisfying(
                            ProblemException.class,
                            e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.TWO_OWNERS_COLLIDE))
                    .hasMessageContaining("on source: id=18, user_id=18, v=value 18")
                    .hasMessageContaining("on target: id=5000, user_id=15, v=value 18");
            assertThat(copy.failure()).isPresent();
        }
    }

    @Test
    void aFenceThatIsNotMirrorStopsTheCopy() throws Exception {
        try (CopyFixture shards = new CopyFixture(T)) {
            shards.source.execute(fill(1, 100));
            shards.fences(shards.target, "VACANT", CopyFixture.SOURCE);
            BulkCopy copy = shards.copy(shards.sessions, shards.table("t", "user_id"));
            assertThatThrownBy(() -> copy.runWorker(Cancellation.NEVER))
                    .hasMessageContaining("FENCE_CHANGED_BY_ANOTHER")
                    .hasMessageContaining("VACANT");
            assertThat(shards.target.rows("SELECT * FROM t")).isEmpty();
        }
    }
}
