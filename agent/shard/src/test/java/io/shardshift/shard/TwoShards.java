package io.shardshift.shard;

import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.shard.ShardSessions.Purpose;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A source and a target schema on two real servers, with bookkeeping tables and one group of slots 0 to 7 of 16. */
final class TwoShards implements AutoCloseable {
    static final ShardName SOURCE = new ShardName("source");
    static final ShardName TARGET = new ShardName("target");
    static final GroupId GROUP = new GroupId(new MigrationId("m-1"), 0);
    static final SlotRanges SLOTS = SlotRanges.of(0, 7);
    static final ShardFunction FUNCTION = new ShardFunction.Modulo(16);

    final TestSchema source = TestCluster.schema(0, "source");
    final TestSchema target = TestCluster.schema(1, "target");
    final JdbcShardSessions sessions;
    final Mirror.MirroredGroup group = new Mirror.MirroredGroup(GROUP, SLOTS, SOURCE);

    TwoShards(String... tables) throws SQLException {
        for (TestSchema schema : List.of(source, target)) {
            schema.execute(ShardTables.statements().toArray(String[]::new));
            schema.execute(tables);
        }
        fence(source, "OWNER_MIRRORING", TARGET);
        fence(target, "MIRROR", SOURCE);
        Map<String, String> environment = Map.of(
                "SHARDSHIFT_SOURCE_USER", source.server().user(),
                "SHARDSHIFT_SOURCE_PASSWORD", source.server().password(),
                "SHARDSHIFT_TARGET_USER", target.server().user(),
                "SHARDSHIFT_TARGET_PASSWORD", target.server().password());
        sessions = new JdbcShardSessions(
                shard -> new ShardEndpoint(shard, (shard.equals(SOURCE) ? source : target).jdbcUrl(), shard.value(), 0),
                new Credentials(environment),
                SystemTiming.INSTANCE,
                "shardshift-test");
    }

    void fence(TestSchema schema, String role, ShardName peer) throws SQLException {
        schema.execute("REPLACE INTO _shardshift_fence VALUES ('m-1', 0, '" + role + "', '" + peer
                + "', @@server_uuid, 1, 1)");
    }

    ShardedTable table(String name, String shardKey) throws SQLException {
        try (Connection connection = source.connect()) {
            return new ShardedTable(SchemaReader.read(connection, name).orElseThrow(), List.of(shardKey), FUNCTION);
        }
    }

    JdbcShardSession owner() throws ShardException {
        return sessions.open(SOURCE, Purpose.OWNER, SystemTiming.INSTANCE.deadlineIn(Duration.ofSeconds(10)));
    }

    JdbcShardSession mirror() throws ShardException {
        return sessions.open(TARGET, Purpose.MIRROR, SystemTiming.INSTANCE.deadlineIn(Duration.ofSeconds(10)));
    }

    /** Ends a session and waits until the server has done so: KILL alone only asks for it. */
    static void kill(TestSchema schema, long connectionId) throws SQLException {
        schema.execute("KILL " + connectionId);
        awaitEnd(schema, connectionId);
    }

    static void awaitEnd(TestSchema schema, long connectionId) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> schema.rows("SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = " + connectionId)
                        .isEmpty());
    }

    /** Until a session waits for a row lock in the schema. */
    void awaitLockWait(TestSchema schema) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> !schema.rows("SELECT 1 FROM performance_schema.data_locks WHERE lock_status = 'WAITING'"
                                + " AND object_schema = '" + schema.name() + "'")
                        .isEmpty());
    }

    @Override
    public void close() throws SQLException {
        sessions.close();
        source.close();
        target.close();
    }
}
