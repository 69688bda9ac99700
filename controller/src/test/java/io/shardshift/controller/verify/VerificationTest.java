package io.shardshift.controller.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.shardshift.controller.copy.CopyFixture;
import io.shardshift.controller.pacing.Cancellation;
import io.shardshift.controller.verify.Difference.Outcome;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardSessions.Purpose;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class VerificationTest {
    private static final String T = "CREATE TABLE t (id INT PRIMARY KEY, user_id INT NOT NULL, v VARCHAR(40), b BLOB)";
    private static final String FILL = "INSERT INTO t WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n"
            + " WHERE i < 900) SELECT i, i, CONCAT('value ', i), x'00ff' FROM n";
    private static final String MOVING = CopyFixture.moving("t", "MOD(user_id, 16)");

    private static CopyFixture equalShards() throws SQLException {
        CopyFixture shards = new CopyFixture(T);
        shards.source.execute(FILL);
        shards.target.execute(
                FILL, "DELETE FROM t WHERE MOD(user_id, 16) > 7", "INSERT INTO t VALUES (9, 9, 'x', NULL)");
        return shards;
    }

    private static Verification verification(CopyFixture shards, boolean repair) throws SQLException {
        return verification(shards, shards.sessions, repair);
    }

    private static Verification verification(CopyFixture shards, ShardSessions through, boolean repair)
            throws SQLException {
        return verification(shards, through, repair, List.of());
    }

    private static Verification verification(
            CopyFixture shards, ShardSessions through, boolean repair, List<Difference> earlier) throws SQLException {
        return new Verification(
                shards.context(through),
                List.of(shards.pair),
                List.of(shards.table("t", "user_id")),
                shards.stored,
                repair,
                earlier);
    }

    @Test
    void equalShardsHaveNoDifferenceAndOtherOwnersRowsAreNotCompared() throws Exception { // [15]
        try (CopyFixture shards = equalShards()) {
            Verification verification = verification(shards, true);
            CopyFixture.join(shards.start(3, Cancellation.NEVER, verification::runWorker));
            assertThat(verification.isDone()).isTrue();
            assertThat(verification.differences()).isEmpty();
            assertThat(verification.progress().differences()).isZero();
            assertThat(verification.progress().rows())
                    .isEqualTo(shards.source.rows(MOVING).size());
        }
    }

    @Test
    void changedMissingAndExtraRowsAreShownAndRepaired() throws Exception {
        try (CopyFixture shards = equalShards()) {
            shards.target.execute(
                    "UPDATE t SET v = 'other', b = x'01' WHERE id = 18",
                    "DELETE FROM t WHERE id = 35",
                    "INSERT INTO t VALUES (5000, 3, 'beyond the last key', NULL)");
            shards.source.execute("DELETE FROM t WHERE id = 51");
            Verification verification = verification(shards, true);
            CopyFixture.join(shards.start(2, Cancellation.NEVER, verification::runWorker));

            assertThat(verification.differences())
                    .extracting(Difference::key, Difference::column, Difference::sourceValue, Difference::targetValue)
                    .containsExactlyInAnyOrder(
                            tuple("(18)", "v", "value 18", "other"),
                            tuple("(18)", "b", "0x00ff", "0x01"),
                            tuple("(35)", null, "id=35, user_id=35, v=value 35, b=0x00ff", null),
                            tuple("(51)", null, null, "id=51, user_id=51, v=value 51, b=0x00ff"),
                            tuple("(5000)", null, null, "id=5000, user_id=3, v=beyond the last key, b=NULL"));
            assertThat(verification.differences())
                    .extracting(Difference::outcome)
                    .containsOnly(Outcome.REPAIRED);
            assertThat(verification.progress().differences()).isEqualTo(4);
            assertThat(verification.progress().repaired()).isEqualTo(4);
            assertThat(shards.target.rows(MOVING)).isEqualTo(shards.source.rows(MOVING));
            assertThat(shards.target.rows("SELECT v FROM t WHERE id = 9")).isEqualTo(List.of(List.of("x")));
        }
    }

    @Test
    void aTargetWithFarMoreRowsThanTheSourceIsComparedInPieces() throws Exception {
        try (CopyFixture shards = new CopyFixture(T)) {
            shards.source.execute("INSERT INTO t VALUES (1, 1, 'a', NULL), (2000, 0, 'b', NULL)");
            shards.target.execute(FILL);
            Verification verification = verification(shards, true);
            verification.runWorker(Cancellation.NEVER);
            assertThat(verification.progress().differences())
                    .isEqualTo(verification.progress().repaired());
            assertThat(shards.target.rows(MOVING)).isEqualTo(shards.source.rows(MOVING));
        }
    }

    @Test
    void withoutRepairADifferenceRemains() throws Exception {
        try (CopyFixture shards = equalShards()) {
            shards.target.execute("UPDATE t SET v = 'other' WHERE id = 18");
            Verification verification = verification(shards, false);
            verification.runWorker(Cancellation.NEVER);
            assertThat(verification.differences())
                    .extracting(Difference::outcome)
                    .containsOnly(Outcome.REMAINS);
            assertThat(verification.progress().repaired()).isZero();
            assertThat(shards.target.rows("SELECT v FROM t WHERE id = 18")).isEqualTo(List.of(List.of("other")));
        }
    }

    @Test
    void oneThatGoesOnKeepsTheListAsItKeepsTheNumbers() throws Exception {
        try (CopyFixture shards = equalShards()) {
            shards.target.execute("UPDATE t SET v = 'other' WHERE id = 18");
            Verification first = verification(shards, true);
            first.runWorker(Cancellation.NEVER);

            Verification next = verification(shards, shards.sessions, true, first.differences());
            next.runWorker(Cancellation.NEVER);
            assertThat(next.progress().differences()).isEqualTo(1);
            assertThat(next.differences()).extracting(Difference::key).containsExactly("(18)");
        }
    }

    @Test
    void aWriterBetweenItsTwoCommitsIsNotADifference() throws Exception { // [36]
        try (CopyFixture shards = equalShards();
                Connection mirror = shards.target.connect();
                Statement statement = mirror.createStatement()) {
            mirror.setAutoCommit(false);
            statement.execute("UPDATE t SET v = 'new' WHERE id = 18"); // locked and written at the mirror,
            statement.execute("INSERT INTO t VALUES (1600, 1600, 'new', NULL)");
            statement.execute("DELETE FROM t WHERE id = 35");
            shards.source.execute( // committed at the owner
                    "UPDATE t SET v = 'new' WHERE id = 18",
                    "INSERT INTO t VALUES (1600, 1600, 'new', NULL)",
                    "DELETE FROM t WHERE id = 35");
            Verification verification = verification(shards, true);
            List<Future<?>> worker = shards.start(1, Cancellation.NEVER, verification::runWorker);
            await().until(() -> !shards.target
                    .rows("SELECT 1 FROM performance_schema.data_lock_waits w JOIN performance_schema.data_locks l"
                            + " ON l.ENGINE_LOCK_ID = w.REQUESTING_ENGINE_LOCK_ID WHERE l.OBJECT_SCHEMA = DATABASE()")
                    .isEmpty());
            mirror.commit();
            CopyFixture.join(worker);
            assertThat(verification.differences()).isEmpty();
            assertThat(verification.progress().differences()).isZero();
        }
    }

    @Test
    void rowsThatACollationCallsEqualDiffer() throws Exception { // [7]
        try (CopyFixture shards = equalShards()) {
            shards.target.execute("UPDATE t SET v = UPPER(v) WHERE id = 18");
            Verification verification = verification(shards, true);
            verification.runWorker(Cancellation.NEVER);
            assertThat(verification.differences())
                    .extracting(Difference::sourceValue, Difference::targetValue)
                    .containsExactly(tuple("value 18", "VALUE 18"));
            assertThat(shards.target.rows(MOVING)).isEqualTo(shards.source.rows(MOVING));
        }
    }

    @Test
    void aRowOfAnotherOwnerUnderTheSameKeyIsNotTheMirrors() throws Exception { // [15]
        try (CopyFixture shards = equalShards()) {
            shards.target.execute("UPDATE t SET user_id = 15 WHERE id = 18");
            Verification verification = verification(shards, false);
            verification.runWorker(Cancellation.NEVER);
            assertThat(verification.differences())
                    .extracting(Difference::key, Difference::column, Difference::targetValue)
                    .containsExactly(tuple("(18)", null, null));
        }
    }

    /** Calls {@code once} when a suspected key has been read at the owner and is about to be read at the mirror. */
    private static ShardSessions betweenTheReads(CopyFixture shards, AtomicBoolean called, CopyFixture.Before once) {
        return shards.watched((shard, purpose, method) -> {
            if (purpose == Purpose.MIRROR && method.equals("begin") && !called.getAndSet(true)) {
                once.call(shard, purpose, method);
            }
        });
    }

    @Test
    void aKeyThatIsAbsentAtTheOwnerStaysAbsentWhileTheMirrorIsRead() throws Exception { // [5]
        try (CopyFixture shards = equalShards();
                Connection writer = shards.source.connect();
                Statement insert = writer.createStatement()) {
            shards.source.execute("DELETE FROM t WHERE id = 18");
            insert.execute("SET innodb_lock_wait_timeout = 1");
            AtomicBoolean called = new AtomicBoolean();
            ShardSessions sessions = betweenTheReads(
                    shards,
                    called,
                    (shard, purpose, method) -> assertThatThrownBy(
                                    () -> insert.execute("INSERT INTO t VALUES (18, 18, 'new', NULL)"))
                            .hasMessageContaining("Lock wait"));
            Verification verification = verification(shards, sessions, true);
            verification.runWorker(Cancellation.NEVER);
            assertThat(called).isTrue();
            assertThat(shards.target.rows("SELECT id FROM t WHERE id = 18")).isEmpty();
        }
    }

    @Test
    void anOwnerSessionThatTheServerDroppedConcludesNothing() throws Exception { // [6]
        try (CopyFixture shards = equalShards()) {
            shards.target.execute("UPDATE t SET v = 'between' WHERE id = 18");
            AtomicBoolean called = new AtomicBoolean();
            ShardSessions sessions = betweenTheReads(shards, called, (shard, purpose, method) -> {
                for (List<String> id : shards.source.rows("SELECT PROCESSLIST_ID FROM performance_schema.threads"
                        + " WHERE PROCESSLIST_DB = DATABASE() AND PROCESSLIST_ID <> CONNECTION_ID()")) {
                    shards.source.execute("KILL " + id.get(0)); // its locks go with it
                }
                shards.source.execute("UPDATE t SET v = 'new' WHERE id = 18");
                shards.target.execute("UPDATE t SET v = 'new' WHERE id = 18");
            });
            Verification verification = verification(shards, sessions, true);
            CopyFixture.join(shards.start(1, Cancellation.NEVER, verification::runWorker));
            assertThat(called).isTrue();
            assertThat(verification.differences()).isEmpty();
        }
    }
}
