package io.shardshift.shard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.cluster.TestSchema;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class MirrorTest {
    private static final String TABLE =
            "CREATE TABLE t (id INT PRIMARY KEY, v INT, name VARCHAR(20), UNIQUE KEY uniq_name (name))";

    private static PrimaryKey key(int id) {
        return new PrimaryKey(Integer.toString(id).getBytes(US_ASCII));
    }

    @Test
    void makesPresentAbsentAndDifferentRowsEqual() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror()) {
            shards.source.execute("INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b')");
            shards.target.execute("INSERT INTO t VALUES (2, 99, 'b'), (3, 30, 'c')");
            Mirror.Written written =
                    Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), Set.of(key(1), key(2), key(3)));
            assertThat(shards.target.rows("SELECT * FROM t ORDER BY id"))
                    .isEqualTo(shards.source.rows("SELECT * FROM t ORDER BY id"));
            assertThat(written).isEqualTo(new Mirror.Written(2, 2));
            assertThat(Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), Set.of(key(1), key(2))))
                    .isEqualTo(Mirror.Written.NOTHING);
        }
    }

    private static final String[] LOGGED = {
        "CREATE TABLE t (id INT PRIMARY KEY, v INT, name VARCHAR(20), at TIMESTAMP(6) NOT NULL DEFAULT"
                + " CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), UNIQUE KEY uniq_name (name))",
        "CREATE TABLE log (what VARCHAR(10))",
        "CREATE TRIGGER ai AFTER INSERT ON t FOR EACH ROW INSERT INTO log VALUES ('insert')",
        "CREATE TRIGGER au AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES ('update')",
        "CREATE TRIGGER ad AFTER DELETE ON t FOR EACH ROW INSERT INTO log VALUES ('delete')"
    };

    private static List<String> mirrored(TwoShards shards, Integer... keys) throws Exception {
        shards.target.execute("DELETE FROM log");
        try (ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror()) {
            Set<PrimaryKey> some = new LinkedHashSet<>();
            for (int key : keys) {
                some.add(key(key));
            }
            Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), some);
        }
        assertThat(shards.target.rows("SELECT * FROM t ORDER BY id"))
                .isEqualTo(shards.source.rows("SELECT * FROM t ORDER BY id"));
        return shards.target.rows("SELECT what FROM log ORDER BY what").stream()
                .map(row -> row.get(0))
                .toList();
    }

    @Test
    void aRowWhoseUniqueValuesStayIsUpdatedWhereItIs() throws Exception { // [16]
        try (TwoShards shards = new TwoShards(LOGGED)) {
            shards.source.execute("INSERT INTO t (id, v, name, at) VALUES (1, 10, 'a', '2024-01-02 03:04:05.6'),"
                    + " (2, 20, NULL, NOW(6)), (3, 30, 'c', NOW(6)), (4, 40, 'd', NOW(6))");
            assertThat(mirrored(shards, 1, 2, 3, 4)).containsOnly("insert").hasSize(4);

            shards.source.execute("UPDATE t SET v = 11, at = at WHERE id = 1"); // at has an ON UPDATE of its own
            assertThat(mirrored(shards, 1)).containsExactly("update");
            shards.source.execute("UPDATE t SET v = v + 1 WHERE id IN (1, 2)");
            assertThat(mirrored(shards, 1, 2)).containsExactly("update", "update");

            shards.source.execute("UPDATE t SET name = 'A' WHERE id = 1"); // equal by collation, not by bytes [7]
            assertThat(mirrored(shards, 1)).containsExactly("delete", "insert");
            shards.source.execute("UPDATE t SET name = IF(id = 3, 'x', 'c'), v = 0 WHERE id IN (3, 4) ORDER BY id");
            assertThat(mirrored(shards, 3, 4)).containsExactly("delete", "delete", "insert", "insert");
            shards.source.execute("UPDATE t SET v = v + 1 WHERE id < 4");
            assertThat(mirrored(shards, 1, 2, 3))
                    .containsExactly("delete", "delete", "delete", "insert", "insert", "insert");
        }
    }

    @Test
    void aRowUnderAUniqueKeyOverAnExpressionIsNotUpdated() throws Exception { // [16]
        try (TwoShards shards = new TwoShards(LOGGED)) {
            for (TestSchema schema : List.of(shards.source, shards.target)) {
                schema.execute("ALTER TABLE t ADD UNIQUE KEY over_v ((v + 1))");
                schema.execute(
                        "INSERT INTO t (id, v, name, at) VALUES (1, 1, 'a', '2024-01-02'), (2, 2, 'b', '2024-01-02')");
            }
            shards.source.execute(
                    "UPDATE t SET v = 3 WHERE id = 1",
                    "UPDATE t SET v = 1 WHERE id = 2",
                    "UPDATE t SET v = 2 WHERE id = 1");

            assertThat(mirrored(shards, 1, 2)).containsExactly("delete", "delete", "insert", "insert");
        }
    }

    @Test
    void aRowOfAnotherOwnerIsNotTouched() throws Exception { // [15]
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror()) {
            shards.source.execute("INSERT INTO t VALUES (1, 10, 'a')");
            shards.target.execute("INSERT INTO t VALUES (9, 90, 'other')"); // slot 9 is not in the group
            Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), Set.of(key(1), key(9)));
            Mirror.range(owner, mirror, List.of(shards.group), shards.table("t", "id"), KeyRange.ALL);
            assertThat(shards.target.rows("SELECT id, v FROM t ORDER BY id"))
                    .isEqualTo(List.of(List.of("1", "10"), List.of("9", "90")));
        }
    }

    @Test
    void aKeyOfAnotherSlotThanTheGroupsIsNotCopied() throws Exception { // [15]
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror()) {
            shards.source.execute("INSERT INTO t VALUES (1, 10, 'a'), (9, 90, 'stays')");
            Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), Set.of(key(1), key(9)));
            Mirror.range(owner, mirror, List.of(shards.group), shards.table("t", "id"), KeyRange.ALL);
            assertThat(shards.target.rows("SELECT id FROM t")).isEqualTo(List.of(List.of("1")));
        }
    }

    @Test
    void contentsAreComparedAsBytesAndNotByCollation() throws Exception { // [7]
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror()) {
            shards.source.execute("INSERT INTO t VALUES (1, 1, 'A'), (2, 2, 'b ')");
            shards.target.execute("INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b')");
            Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), Set.of(key(1), key(2)));
            assertThat(shards.target.rows("SELECT HEX(name) FROM t ORDER BY id"))
                    .isEqualTo(List.of(List.of("41"), List.of("6220")));
        }
    }

    @Test
    void aUniqueValueOfAnotherOwnerIsReportedWithBothRows() throws Exception { // [15]
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror()) {
            shards.source.execute("INSERT INTO t VALUES (1, 10, 'same')");
            shards.target.execute("INSERT INTO t VALUES (9, 90, 'same')");
            assertThatThrownBy(() -> Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), Set.of(key(1))))
                    .isInstanceOf(RowsCollide.class)
                    .hasMessageContaining("(1)")
                    .hasMessageContaining("(9)")
                    .hasMessageContaining("uniq_name");
            assertThat(shards.target.rows("SELECT id FROM t")).isEqualTo(List.of(List.of("9")));
        }
    }

    @Test
    void uniqueValuesThatWereSwappedOrMovedAreFollowed() throws Exception { // [16]
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror()) {
            shards.source.execute("INSERT INTO t VALUES (1, 1, 'b'), (2, 2, 'a'), (3, 3, 'd'), (4, 4, 'c')");
            shards.target.execute("INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c'), (4, 4, 'd')");
            // both keys of a swap in the set, and of the other only one: the row in the way is found and added
            Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), Set.of(key(1), key(2), key(3)));
            assertThat(shards.target.rows("SELECT * FROM t ORDER BY id"))
                    .isEqualTo(shards.source.rows("SELECT * FROM t ORDER BY id"));
            shards.target.execute("DELETE FROM t", "INSERT INTO t VALUES (7, 7, 'a')");
            Mirror.range(
                    owner,
                    mirror,
                    List.of(shards.group),
                    shards.table("t", "id"),
                    new KeyRange(java.util.Optional.empty(), java.util.Optional.of(key(4)), true));
            assertThat(shards.target.rows("SELECT * FROM t ORDER BY id"))
                    .isEqualTo(shards.source.rows("SELECT * FROM t ORDER BY id"));
        }
    }

    @Test
    void aRangeDoesNotWaitForWhoWritesTheNextOne() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror();
                Connection neighbour = shards.target.connect()) {
            shards.source.execute("INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')");
            neighbour.setAutoCommit(false);
            neighbour.createStatement().execute("INSERT INTO t VALUES (3, 3, 'c')");
            KeyRange range = new KeyRange(java.util.Optional.empty(), java.util.Optional.of(key(2)), true);
            Mirror.range(owner, mirror, List.of(shards.group), shards.table("t", "id"), range);
            assertThat(shards.target.rows("SELECT id FROM t")).isEqualTo(List.of(List.of("1"), List.of("2")));
            neighbour.rollback();
        }
    }

    @Test
    void aRowThatWasCommittedAfterTheLookIsMetByTheInsert() throws Exception { // [36]
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror();
                Connection agent = shards.target.connect()) {
            shards.source.execute("INSERT INTO t VALUES (1, 5, 'a'), (2, 2, 'b')");
            agent.setAutoCommit(false);
            agent.createStatement().execute("INSERT INTO t VALUES (1, 5, 'a')"); // it has committed at the owner
            CompletableFuture<Mirror.Written> copied = CompletableFuture.supplyAsync(() -> {
                try {
                    return Mirror.range(owner, mirror, List.of(shards.group), shards.table("t", "id"), KeyRange.ALL);
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            });
            shards.awaitLockWait(shards.target);
            agent.commit();
            assertThat(copied.get().inserted()).isEqualTo(1);
            assertThat(shards.target.rows("SELECT * FROM t ORDER BY id"))
                    .isEqualTo(shards.source.rows("SELECT * FROM t ORDER BY id"));
        }
    }

    /** How often a row's lock was waited for, since the source's server began. */
    private static List<List<String>> lockWaits(TwoShards shards) throws Exception {
        return shards.source.rows("SELECT VARIABLE_VALUE FROM performance_schema.global_status"
                + " WHERE VARIABLE_NAME = 'Innodb_row_lock_waits'");
    }

    @Test
    void aSetNeverQueuesBehindAnApplicationsLock() throws Exception { // [6]
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror();
                Connection application = shards.source.connect()) {
            shards.source.execute("INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b')");
            application.setAutoCommit(false);
            application.createStatement().execute("UPDATE t SET v = 5 WHERE id = 1");
            List<List<String>> before = lockWaits(shards);
            assertThatThrownBy(() ->
                            Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), Set.of(key(1), key(2))))
                    .isInstanceOfSatisfying(
                            ShardException.class,
                            e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.LOCK_REFUSED));
            assertThat(lockWaits(shards)).isEqualTo(before); // who waits with locks held can make a deadlock
            assertThat(shards.target.rows("SELECT id FROM t")).isEmpty();
        }
    }

    @Test
    void aSingleKeyIsWaitedFor() throws Exception { // [6]
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror();
                Connection application = shards.source.connect()) {
            shards.source.execute("INSERT INTO t VALUES (1, 1, 'a')");
            application.setAutoCommit(false);
            application.createStatement().execute("UPDATE t SET v = 5 WHERE id = 1");
            CompletableFuture<Mirror.Written> mirrored = CompletableFuture.supplyAsync(() -> {
                while (true) { // a wait lasts a second, which this machine may take to see it
                    try {
                        return Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), Set.of(key(1)));
                    } catch (Exception e) {
                        if (!(e instanceof ShardException refused)
                                || refused.kind() != ShardException.Kind.LOCK_REFUSED) {
                            throw new CompletionException(e);
                        }
                    }
                }
            });
            shards.awaitLockWait(shards.source);
            application.commit();
            assertThat(mirrored.get().inserted()).isEqualTo(1);
            assertThat(shards.target.rows("SELECT * FROM t")).isEqualTo(shards.source.rows("SELECT * FROM t"));
        }
    }

    @Test
    void anOwnerSessionThatWasDroppedRollsTheMirrorBack() throws Exception { // [6]
        try (TwoShards shards = new TwoShards(TABLE);
                JdbcShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror()) {
            shards.source.execute("INSERT INTO t VALUES (1, 1, 'a')");
            long id = owner.connectionId();
            ShardSession losesOwner = before(mirror, "insertRows", () -> TwoShards.kill(shards.source, id));
            assertThatThrownBy(
                            () -> Mirror.keys(owner, losesOwner, shards.group, shards.table("t", "id"), Set.of(key(1))))
                    .isInstanceOfSatisfying(
                            ShardException.class,
                            e -> assertThat(e.kind()).isEqualTo(ShardException.Kind.CONNECTION_LOST));
            assertThat(shards.target.rows("SELECT id FROM t")).isEmpty();
        }
    }

    @Test
    void anAbsentKeyStaysAbsentUntilTheMirrorHasCommitted() throws Exception { // [5]
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror();
                Connection application = shards.source.connect()) {
            shards.target.execute("INSERT INTO t VALUES (5, 5, 'e')");
            application.createStatement().execute("SET innodb_lock_wait_timeout = 1");
            ShardSession watched = before(
                    mirror,
                    "commit",
                    () -> assertThatThrownBy(
                                    () -> application.createStatement().execute("INSERT INTO t VALUES (5, 6, 'f')"))
                            .hasMessageContaining("Lock wait timeout"));
            Mirror.keys(owner, watched, shards.group, shards.table("t", "id"), Set.of(key(5)));
            assertThat(shards.target.rows("SELECT id FROM t")).isEmpty();
        }
    }

    @Test
    void aFenceThatIsNotMirrorRefusesTheWrite() throws Exception {
        try (TwoShards shards = new TwoShards(TABLE);
                ShardSession owner = shards.owner();
                ShardSession mirror = shards.mirror()) {
            shards.source.execute("INSERT INTO t VALUES (1, 1, 'a')");
            shards.fence(shards.target, "OWNER", TwoShards.SOURCE);
            assertThatThrownBy(() -> Mirror.keys(owner, mirror, shards.group, shards.table("t", "id"), Set.of(key(1))))
                    .isInstanceOf(FenceMismatch.class)
                    .hasMessageContaining("OWNER");
            assertThat(shards.target.rows("SELECT id FROM t")).isEmpty();
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    /** The session, with something that happens just before one of its methods. */
    private static ShardSession before(ShardSession session, String method, Action action) {
        return (ShardSession) Proxy.newProxyInstance(
                MirrorTest.class.getClassLoader(), new Class<?>[] {ShardSession.class}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        action.run();
                    }
                    try {
                        return called.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
