package io.shardshift.shard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.shardshift.cluster.Cluster;
import io.shardshift.cluster.ClusterOptions;
import io.shardshift.shard.ShardException.Kind;
import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSession.RowLock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of error, made for real: what has become of the transaction decides what may be done. */
class SessionErrorsTest {
    private static final String TABLE =
            "CREATE TABLE t (id INT PRIMARY KEY, v INT, name VARCHAR(20), UNIQUE KEY uniq_name (name))";
    private static final String ROWS = "INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b')";

    private static PrimaryKey key(int id) {
        return new PrimaryKey(Integer.toString(id).getBytes(US_ASCII));
    }

    private static Row row(int id, String name) {
        byte[] number = Integer.toString(id).getBytes(US_ASCII);
        return new Row(new byte[][] {number, number, name.getBytes(US_ASCII)});
    }

    private static ShardException failure(ThrowingCallable call) {
        return catchThrowableOfType(ShardException.class, call);
    }

    private static void lock(Connection application, int id) throws Exception {
        application.setAutoCommit(false);
        try (Statement statement = application.createStatement()) {
            statement.execute("SELECT * FROM t WHERE id = " + id + " FOR UPDATE");
        }
    }

    @Test
    void aLockThatIsNotGivenLeavesTheTransactionAlive() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE);
                JdbcShardSession session = shards.owner();
                Connection application = shards.source.connect()) {
            shards.source.execute(ROWS);
            lock(application, 1);
            ShardedTable table = shards.table("t", "id");
            session.begin(Isolation.REPEATABLE_READ);
            session.readRows(table, Set.of(key(2)), RowLock.SHARE);
            for (RowLock lock : List.of(RowLock.SHARE_NOWAIT, RowLock.UPDATE_NOWAIT, RowLock.SHARE)) {
                ShardException refused = failure(() -> session.readRows(table, Set.of(key(1)), lock));
                assertThat(refused.kind()).as(lock.name()).isEqualTo(Kind.LOCK_REFUSED);
                assertThat(refused.kind().transactionLives()).isTrue();
            }
            try (Statement statement = application.createStatement()) {
                assertThatThrownBy(() -> statement.execute("SELECT * FROM t WHERE id = 2 FOR UPDATE NOWAIT"))
                        .hasMessageContaining("NOWAIT"); // what was locked before is still locked
            }
        }
    }

    @Test
    void aTimeOutThatRollsBackEverythingKillsTheTransaction(@TempDir Path directory) throws Exception { // [4]
        ClusterOptions options = new ClusterOptions(
                1, directory, false, false, List.of("--innodb-rollback-on-timeout=ON", "--innodb-lock-wait-timeout=1"));
        try (Cluster cluster = Cluster.start(options)) {
            cluster.mysql(0).createSchema("s");
            try (Connection application = cluster.mysql(0).connect("s");
                    Connection connection = cluster.mysql(0).connect("s");
                    Statement statement = application.createStatement()) {
                statement.execute(TABLE);
                statement.execute(ROWS);
                lock(application, 1);
                connection.setAutoCommit(false);
                JdbcShardSession session = new JdbcShardSession(TwoShards.SOURCE, connection, () -> {});
                ShardedTable table = new ShardedTable(
                        SchemaReader.read(connection, "t").orElseThrow(), List.of("id"), TwoShards.FUNCTION);
                assertThat(failure(() -> session.readRows(table, Set.of(key(1)), RowLock.SHARE))
                                .kind())
                        .isEqualTo(Kind.TRANSACTION_LOST);
            }
        }
    }

    @Test
    void aDeadlockVictimsTransactionIsLost() throws Exception { // [4]
        try (TwoShards shards = new TwoShards(TABLE);
                JdbcShardSession session = shards.mirror();
                Connection application = shards.target.connect();
                Statement statement = application.createStatement()) {
            shards.target.execute(ROWS, "INSERT INTO t SELECT id + 10, v, NULL FROM t");
            ShardedTable table = shards.table("t", "id");
            lock(application, 1);
            statement.execute("UPDATE t SET v = 5 WHERE id > 10"); // heavier than the session: not the victim
            session.begin(Isolation.READ_COMMITTED);
            session.readRows(table, Set.of(key(2)), RowLock.UPDATE);
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
                try {
                    lock(application, 2);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            shards.awaitLockWait(shards.target);
            assertThat(failure(() -> session.readRows(table, Set.of(key(1)), RowLock.UPDATE))
                            .kind())
                    .isEqualTo(Kind.TRANSACTION_LOST);
            other.get();
        }
    }

    @Test
    void aDuplicateNamesItsKeyInBothFormsOfInsert() throws Exception { // [8]
        try (TwoShards shards = new TwoShards(TABLE);
                JdbcShardSession session = shards.mirror()) {
            shards.target.execute(ROWS);
            ShardedTable table = shards.table("t", "id");
            for (Row row : List.of(row(3, "a"), row(1, "new"))) {
                String key = row.equals(row(3, "a")) ? "uniq_name" : "PRIMARY";
                for (ShardException duplicate : List.of(
                        failure(() -> session.insertRows(table, List.of(row(4, "d"), row))),
                        failure(() -> session.loadRows(table, List.of(row(5, "e"), row))))) {
                    assertThat(duplicate.kind()).isEqualTo(Kind.DUPLICATE_KEY);
                    assertThat(duplicate.duplicateKey()).isEqualTo(key);
                }
                session.rollback();
            }
            assertThat(shards.target.rows("SELECT v FROM t ORDER BY id"))
                    .isEqualTo(List.of(List.of("1"), List.of("2")));
        }
    }

    @Test
    void aLoadThatWouldChangeAValueIsRefused() throws Exception { // [8]
        try (TwoShards shards = new TwoShards(TABLE);
                JdbcShardSession session = shards.mirror()) {
            ShardedTable table = shards.table("t", "id");
            List<Row> tooLong = List.of(row(1, "a name that is longer than twenty characters"));
            assertThat(failure(() -> session.loadRows(table, tooLong)).kind()).isEqualTo(Kind.REFUSED);
            session.rollback();
            assertThat(failure(() -> session.insertRows(table, tooLong)).kind()).isEqualTo(Kind.REFUSED);
        }
    }

    @Test
    void aReadOnlyTransactionSaysSo() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE);
                JdbcShardSession session = shards.mirror();
                Statement statement = session.connection().createStatement()) {
            statement.execute("SET SESSION TRANSACTION READ ONLY");
            ShardException readOnly = failure(() -> session.insertRows(shards.table("t", "id"), List.of(row(1, "a"))));
            assertThat(readOnly.kind()).isEqualTo(Kind.READ_ONLY);
            session.rollback();
            statement.execute("SET SESSION TRANSACTION READ WRITE");
        }
    }

    @Test
    void aKilledConnectionIsLostAndItsCommitIsUnknown() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE);
                JdbcShardSession reading = shards.mirror();
                JdbcShardSession committing = shards.mirror()) {
            ShardedTable table = shards.table("t", "id");
            committing.insertRows(table, List.of(row(1, "a")));
            TwoShards.kill(shards.target, reading.connectionId());
            TwoShards.kill(shards.target, committing.connectionId());
            assertThat(failure(() -> reading.readRows(table, Set.of(key(1)), RowLock.NONE))
                            .kind())
                    .isEqualTo(Kind.CONNECTION_LOST);
            assertThat(failure(committing::commit).kind()).isEqualTo(Kind.OUTCOME_UNKNOWN); // [6]
            for (JdbcShardSession session : List.of(reading, committing)) {
                assertThat(session.isUsable()).isFalse();
                session.rollback(); // the server has done it: nothing is thrown
            }
        }
    }

    @Test
    void aSessionIsGivenBackOnceAndNeverWhenItIsBroken() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE)) {
            JdbcShardSession first = shards.mirror();
            first.insertRows(shards.table("t", "id"), List.of(row(1, "a")));
            first.close();
            first.close();
            try (JdbcShardSession second = shards.mirror();
                    JdbcShardSession third = shards.mirror()) {
                assertThat(second.connectionId()).isNotEqualTo(third.connectionId());
                assertThat(second.readRows(shards.table("t", "id"), Set.of(key(1)), RowLock.NONE))
                        .isEmpty(); // an open transaction was rolled back
                second.abort();
            }
            try (JdbcShardSession fresh = shards.mirror()) {
                fresh.confirmAlive();
            }
        }
    }

    @Test
    void aSnapshotIsTakenAfterTheFencesLock() throws Exception { // [23]
        try (TwoShards shards = new TwoShards(TABLE);
                Connection own = shards.source.connect();
                Connection application = shards.source.connect();
                Statement statement = application.createStatement()) {
            shards.source.execute(ROWS, "INSERT INTO _shardshift_hold VALUES ('m-1', 0, NOW(6) + INTERVAL 1 HOUR)");
            ShardedTable table = shards.table("t", "id");
            application.setAutoCommit(false);
            statement.execute("SELECT * FROM _shardshift_fence FOR UPDATE");
            own.setAutoCommit(false);
            JdbcShardSession session = new JdbcShardSession(TwoShards.SOURCE, own, () -> {});
            session.begin(Isolation.REPEATABLE_READ);
            CompletableFuture<Optional<FenceView>> fence = CompletableFuture.supplyAsync(() -> {
                try {
                    return session.readFence(TwoShards.GROUP, RowLock.SHARE);
                } catch (ShardException e) {
                    throw new IllegalStateException(e);
                }
            });
            shards.awaitLockWait(shards.source);
            statement.execute("UPDATE t SET v = 77 WHERE id = 1");
            application.commit();
            FenceView view = fence.get().orElseThrow();
            assertThat(view.isHeld()).isTrue();
            assertThat(view.serverUuidFits()).isTrue();
            Row read = session.readRows(table, Set.of(key(1)), RowLock.NONE).get(0);
            assertThat(new String(read.value(1), US_ASCII)).isEqualTo("77");
            session.rollback();
        }
    }
}
