package io.shardshift.controller.copy;

import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.controller.pacing.Cancellation;
import io.shardshift.controller.pacing.RowRate;
import io.shardshift.controller.pacing.Throttle;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardTables;
import io.shardshift.shard.ShardedTable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Source and target schemas on two real servers; slots 0 to 7 of 16 move, in two groups, and are mirrored. */
public final class CopyFixture implements AutoCloseable {
    public static final ShardName SOURCE = new ShardName("source");
    public static final ShardName TARGET = new ShardName("target");
    private static final MigrationId MIGRATION = new MigrationId("m-1");

    public final TestSchema source = TestCluster.schema(0, "source");
    public final TestSchema target = TestCluster.schema(1, "target");
    public final JdbcShardSessions sessions;
    public final MirroredPair pair = new MirroredPair(
            SOURCE,
            TARGET,
            List.of(
                    new Group(new GroupId(MIGRATION, 0), SlotRanges.of(0, 0), SOURCE, TARGET),
                    new Group(new GroupId(MIGRATION, 1), SlotRanges.of(1, 7), SOURCE, TARGET)),
            16);
    public final AtomicLong attempt = new AtomicLong(1);
    public final Stored stored = new Stored();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    public CopyFixture(String... tables) throws SQLException {
        for (TestSchema schema : List.of(source, target)) {
            schema.execute(ShardTables.statements().toArray(String[]::new));
            schema.execute(tables);
        }
        fences(source, "OWNER_MIRRORING", TARGET);
        fences(target, "MIRROR", SOURCE);
        sessions = new JdbcShardSessions(
                shard -> new ShardEndpoint(shard, (shard.equals(SOURCE) ? source : target).jdbcUrl(), shard.value(), 0),
                new Credentials(Map.of(
                        "SHARDSHIFT_SOURCE_USER", source.server().user(),
                        "SHARDSHIFT_SOURCE_PASSWORD", source.server().password(),
                        "SHARDSHIFT_TARGET_USER", target.server().user(),
                        "SHARDSHIFT_TARGET_PASSWORD", target.server().password())),
                SystemTiming.INSTANCE,
                "shardshift-test");
    }

    public void fences(TestSchema schema, String role, ShardName peer) throws SQLException {
        for (int group = 0; group < 2; group++) {
            schema.execute("REPLACE INTO _shardshift_fence VALUES ('m-1', " + group + ", '" + role + "', '" + peer
                    + "', @@server_uuid, 1, 1)");
        }
    }

    public ShardedTable table(String name, String shardKey) throws SQLException {
        try (Connection connection = source.connect()) {
            return new ShardedTable(
                    SchemaReader.read(connection, name).orElseThrow(),
                    List.of(shardKey),
                    shardKey.equals("code") ? new ShardFunction.Crc32(16) : new ShardFunction.Modulo(16));
        }
    }

    public WorkContext context(ShardSessions through) {
        return new WorkContext(
                through,
                SystemTiming.INSTANCE,
                new Throttle(SystemTiming.INSTANCE, Duration.ofSeconds(1), List.of()),
                new RowRate(SystemTiming.INSTANCE, null),
                group -> attempt.get(),
                new ServerEstimates(sessions, SystemTiming.INSTANCE),
                new Random(1));
    }

    public BulkCopy copy(ShardSessions through, ShardedTable... tables) {
        return new BulkCopy(context(through), List.of(pair), List.of(tables), stored);
    }

    /** A worker's whole run. */
    @FunctionalInterface
    public interface Worker {
        void run(Cancellation cancellation) throws Exception;
    }

    /** Runs {@code workers} threads of it. */
    public List<Future<?>> start(int workers, Cancellation cancellation, Worker worker) {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            running.add(threads.submit(() -> {
                worker.run(cancellation);
                return null;
            }));
        }
        return running;
    }

    public static void join(List<Future<?>> running) throws Exception {
        for (Future<?> one : running) {
            one.get();
        }
    }

    /** Rows of the moving slots, by a condition on the slot. */
    public static String moving(String table, String slot) {
        return "SELECT * FROM " + table + " WHERE " + slot + " BETWEEN 0 AND 7 ORDER BY 1, 2";
    }

    /** Something that happens just before a call of a session. */
    @FunctionalInterface
    public interface Before {
        void call(ShardName shard, ShardSessions.Purpose purpose, String method) throws Exception;
    }

    public ShardSessions watched(Before before) {
        return (shard, purpose, deadline) -> watched(shard, purpose, deadline, before);
    }

    private ShardSession watched(ShardName shard, ShardSessions.Purpose purpose, Deadline deadline, Before before)
            throws ShardException {
        ShardSession session = sessions.open(shard, purpose, deadline);
        return (ShardSession) Proxy.newProxyInstance(
                CopyFixture.class.getClassLoader(), new Class<?>[] {ShardSession.class}, (proxy, called, arguments) -> {
                    before.call(shard, purpose, called.getName());
                    try {
                        return called.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Progress in memory; tells a listener of each write. */
    public static final class Stored implements ProgressStore {
        private final Map<String, TableProgress> progress = new ConcurrentHashMap<>();
        public volatile Consumer<TableProgress> listener = any -> {};

        @Override
        public Optional<TableProgress> read(ShardName source, ShardName target, String table) {
            return Optional.ofNullable(progress.get(table));
        }

        @Override
        public void write(TableProgress now) throws ProblemException {
            progress.put(now.table(), now);
            listener.accept(now);
        }
    }

    @Override
    public void close() throws SQLException {
        threads.shutdownNow();
        sessions.close();
        source.close();
        target.close();
    }
}
