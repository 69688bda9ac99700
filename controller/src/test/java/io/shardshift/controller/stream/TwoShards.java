package io.shardshift.controller.stream;

import ch.qos.logback.classic.Level;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.controller.apply.StreamWorker;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.ShardTables;
import io.shardshift.shard.ShardedTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** A source and a target schema on two real servers, bookkeeping tables, and two groups of slots 0-7 and 8-15 of 16. */
public final class TwoShards implements AutoCloseable {
    public static final ShardName SOURCE = new ShardName("source");
    public static final ShardName TARGET = new ShardName("target");
    public static final MigrationId MIGRATION = new MigrationId("m-1");
    public static final Group LOW = new Group(new GroupId(MIGRATION, 0), SlotRanges.of(0, 7), SOURCE, TARGET);
    public static final Group HIGH = new Group(new GroupId(MIGRATION, 1), SlotRanges.of(8, 15), SOURCE, TARGET);
    public static final List<Group> GROUPS = List.of(LOW, HIGH);
    private static final ShardFunction FUNCTION = new ShardFunction.Modulo(16);
    private static final Logger BINLOG_CLIENT = Logger.getLogger("com.github.shyiko.mysql.binlog.BinaryLogClient");

    public final TestSchema source;
    public final TestSchema target;
    public final JdbcShardSessions sessions;
    public final DebeziumChangeStreams streams;
    private final ExecutorService executor = Executors.newCachedThreadPool();

    public TwoShards(String... tables) throws SQLException {
        this(0, tables);
    }

    /** @param sourceServer number of the source's server in the {@link TestCluster}; the target's is 1 */
    public TwoShards(int sourceServer, String... tables) throws SQLException {
        quiet();
        source = TestCluster.schema(sourceServer, "source");
        target = TestCluster.schema(1, "target");
        for (TestSchema schema : List.of(source, target)) {
            schema.execute(ShardTables.statements().toArray(String[]::new));
            schema.execute(tables);
        }
        Map<String, String> environment = Map.of(
                "SHARDSHIFT_SOURCE_USER", source.server().user(),
                "SHARDSHIFT_SOURCE_PASSWORD", source.server().password(),
                "SHARDSHIFT_TARGET_USER", target.server().user(),
                "SHARDSHIFT_TARGET_PASSWORD", target.server().password());
        sessions = new JdbcShardSessions(
                shard -> new ShardEndpoint(shard, schema(shard).jdbcUrl(), shard.value(), 0),
                new Credentials(environment),
                SystemTiming.INSTANCE,
                "shardshift-test");
        streams = new DebeziumChangeStreams(
                shard -> login(schema(shard).server(), schema(shard).name()), executor, SystemTiming.INSTANCE);
    }

    static ShardLogin login(MysqlServer server, String schema) {
        return new ShardLogin(server.jdbcUrl(schema), server.user(), server.password());
    }

    static void quiet() {
        if (LoggerFactory.getILoggerFactory() instanceof ch.qos.logback.classic.LoggerContext context) {
            context.getLogger("ROOT").setLevel(Level.WARN);
            context.getLogger("io.debezium").setLevel(Level.ERROR);
            context.getLogger("org.apache.kafka").setLevel(Level.ERROR);
        }
        BINLOG_CLIENT.setLevel(java.util.logging.Level.OFF);
    }

    public TestSchema schema(ShardName shard) {
        return shard.equals(SOURCE) ? source : target;
    }

    /** A worker for {@code shard} that starts at {@code store}'s position. */
    public StreamWorker worker(ShardName shard, StreamStore store, ShardedTable... tables) {
        return new StreamWorker(shard, GROUPS, List.of(tables), streams, sessions, store, SystemTiming.INSTANCE);
    }

    /** On a thread of the test's own. */
    public Future<?> start(StreamWorker worker) {
        return executor.submit(worker);
    }

    /** Writes the group's fence on {@code shard}, peer being the other one. */
    public void fence(ShardName shard, Group group, Role role, long step) throws SQLException {
        ShardName peer = shard.equals(SOURCE) ? TARGET : SOURCE;
        schema(shard)
                .execute("INSERT INTO _shardshift_fence VALUES ('" + MIGRATION + "', "
                        + group.id().number() + ", '" + role + "', '" + peer + "', @@server_uuid, 1, " + step + ")"
                        + " ON DUPLICATE KEY UPDATE role = VALUES(role), step = VALUES(step)");
    }

    /** The fence that {@link #fence} writes, as it is met in the stream. */
    public Fence fenceValue(ShardName shard, Group group, Role role, long step) throws SQLException {
        ShardName peer = shard.equals(SOURCE) ? TARGET : SOURCE;
        String uuid = schema(shard).rows("SELECT @@server_uuid").get(0).get(0);
        return new Fence(group.id(), role, peer, uuid, 1, step);
    }

    public ShardedTable table(String name, String shardKey) throws SQLException {
        try (Connection connection = source.connect()) {
            return new ShardedTable(SchemaReader.read(connection, name).orElseThrow(), List.of(shardKey), FUNCTION);
        }
    }

    public StoredStream atNow(ShardName shard) throws SQLException {
        try (Connection connection = schema(shard).connect()) {
            return StreamStart.atNow(connection);
        }
    }

    @Override
    public void close() throws SQLException {
        sessions.close();
        executor.shutdown();
        source.close();
        target.close();
    }
}
