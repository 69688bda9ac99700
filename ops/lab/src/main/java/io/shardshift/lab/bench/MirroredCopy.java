package io.shardshift.lab.bench;

import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.copy.BulkCopy;
import io.shardshift.controller.copy.MirroredPair;
import io.shardshift.controller.copy.ProgressStore;
import io.shardshift.controller.copy.ServerEstimates;
import io.shardshift.controller.copy.TableProgress;
import io.shardshift.controller.copy.WorkContext;
import io.shardshift.controller.pacing.Cancellation;
import io.shardshift.controller.pacing.RowRate;
import io.shardshift.controller.pacing.Throttle;
import io.shardshift.lab.process.LabServer;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.KeyRange;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardTables;
import io.shardshift.shard.ShardedTable;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The controller's bulk copy as the controller runs it, of all slots, onto a target whose nine fences say MIRROR. It notes
 * where its chunks end.
 */
final class MirroredCopy {
    private static final ShardName SOURCE = new ShardName("bench-0");
    private static final ShardName TARGET = new ShardName("bench-1");
    private static final MigrationId MIGRATION = new MigrationId("bench-1");
    private static final int SLOTS = 64;
    private static final int GROUPS = 8; // beside the canary

    private final BenchServers servers;
    private final String schema;
    private final ShardedTable table;
    private final ConcurrentSkipListSet<Long> ends = new ConcurrentSkipListSet<>();

    private MirroredCopy(BenchServers servers, String schema, ShardedTable table) {
        this.servers = servers;
        this.schema = schema;
        this.table = table;
    }

    /** Makes bookkeeping tables and fences; {@link Accounts#TABLE} is in both schemas. */
    static MirroredCopy prepare(BenchServers servers, String schema) throws SQLException {
        fences(servers.mysql(0), schema, "OWNER_MIRRORING", TARGET);
        fences(servers.mysql(1), schema, "MIRROR", SOURCE);
        try (Connection connection = servers.mysql(0).connect(schema)) {
            ShardedTable table = new ShardedTable(
                    SchemaReader.read(connection, Accounts.TABLE).orElseThrow(),
                    List.of("user_id"),
                    new ShardFunction.Crc32(SLOTS));
            return new MirroredCopy(servers, schema, table);
        }
    }

    private static void fences(LabServer server, String schema, String role, ShardName peer) throws SQLException {
        List<String> statements = new ArrayList<>(ShardTables.statements());
        for (Group group : groups()) {
            statements.add("INSERT INTO " + ShardTables.FENCE + " VALUES ('" + MIGRATION + "', "
                    + group.id().number() + ", '" + role + "', '" + peer + "', @@server_uuid, 1, 1)");
        }
        Accounts.execute(server, schema, statements);
    }

    private static List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        groups.add(new Group(new GroupId(MIGRATION, 0), SlotRanges.of(0, 0), SOURCE, TARGET));
        for (int i = 0; i < GROUPS; i++) {
            int first = Math.max(1, i * SLOTS / GROUPS);
            int last = (i + 1) * SLOTS / GROUPS - 1;
            groups.add(new Group(new GroupId(MIGRATION, i + 1), SlotRanges.of(first, last), SOURCE, TARGET));
        }
        return groups;
    }

    /** Copies all rows by {@code copiers} workers, from new connections on; answers the seconds that it took. */
    double seconds(int copiers) throws IOException, InterruptedException {
        ends.clear();
        try (JdbcShardSessions sessions = new JdbcShardSessions(
                shard -> new ShardEndpoint(
                        shard, servers.mysql(shard.equals(SOURCE) ? 0 : 1).jdbcUrl(schema), shard.value(), 0),
                servers.credentials(),
                SystemTiming.INSTANCE,
                "shardshift-bench")) {
            WorkContext context = new WorkContext(
                    noting(sessions),
                    SystemTiming.INSTANCE,
                    new Throttle(SystemTiming.INSTANCE, Duration.ofSeconds(1), List.of()),
                    new RowRate(SystemTiming.INSTANCE, null),
                    group -> 1,
                    new ServerEstimates(sessions, SystemTiming.INSTANCE),
                    new Random());
            MirroredPair pair = new MirroredPair(SOURCE, TARGET, groups(), SLOTS);
            BulkCopy copy = new BulkCopy(context, List.of(pair), List.of(table), new Unstored());
            double seconds = ParallelWork.seconds(copiers, () -> copy.runWorker(Cancellation.NEVER));
            if (!copy.isDone()) {
                throw new IOException("the bulk copy is not done: " + copy.failure());
            }
            return seconds;
        }
    }

    /** Ids with which the chunks of the last copy ended, in order. */
    List<Long> chunkEnds() {
        return List.copyOf(ends);
    }

    private ShardSessions noting(JdbcShardSessions sessions) {
        return (shard, purpose, deadline) -> {
            ShardSession session = sessions.open(shard, purpose, deadline);
            return (ShardSession) Proxy.newProxyInstance(
                    MirroredCopy.class.getClassLoader(),
                    new Class<?>[] {ShardSession.class},
                    (proxy, method, arguments) -> {
                        if (method.getName().equals("readRange")) {
                            ((KeyRange) arguments[1])
                                    .end()
                                    .ifPresent(key -> ends.add(
                                            Long.parseLong(new String(key.value(0), StandardCharsets.US_ASCII))));
                        }
                        try {
                            return method.invoke(session, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        };
    }

    /** The controller writes progress once a second, here it is not read again. */
    private static final class Unstored implements ProgressStore {
        @Override
        public Optional<TableProgress> read(ShardName source, ShardName target, String table) throws ProblemException {
            return Optional.empty();
        }

        @Override
        public void write(TableProgress progress) throws ProblemException {
            if (progress.version() != TableProgress.VERSION) {
                throw new IllegalStateException("not of this version: " + progress);
            }
        }
    }
}
