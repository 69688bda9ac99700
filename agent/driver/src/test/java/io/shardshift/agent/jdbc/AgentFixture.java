package io.shardshift.agent.jdbc;

import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.coordination.Operation;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.ShardTables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Two real shards, a real ZooKeeper and one agent; the test writes fences and routes as a controller would. */
final class AgentFixture implements AutoCloseable {
    static final ShardName A = new ShardName("a");
    static final ShardName B = new ShardName("b");

    final TestSchema source;
    final TestSchema target;
    final CuratorCoordination coordination = CuratorCoordination.connect(
            TestCluster.zookeeper().connectString(), Duration.ofSeconds(10), Duration.ofSeconds(20));
    final KeyspaceName keyspace;
    final MigrationId migration;
    final Group group;
    final ShardshiftDataSource dataSource;
    private final String shardKey;
    private final List<String> tableNames;
    private final ShardKeyForm form;
    private final ShardFunction function;
    private long epoch;
    private String targetUrl;
    private @Nullable Integer increment;
    private SlotMap slots = new SlotMap(16, new TreeMap<>(Map.of(A, SlotRanges.of(0, 15))));

    AgentFixture(String shardKey, String... tables) throws Exception {
        this(
                TestCluster.schema(0, "agent_a"),
                TestCluster.schema(1, "agent_b"),
                ShardKeyForm.AS_IS,
                new ShardFunction.Modulo(16),
                shardKey,
                tables);
    }

    AgentFixture(
            TestSchema source,
            TestSchema target,
            ShardKeyForm form,
            ShardFunction function,
            String shardKey,
            String... tables)
            throws Exception {
        this.source = source;
        this.target = target;
        this.targetUrl = target.jdbcUrl();
        this.keyspace = new KeyspaceName("ks" + target.name().replaceAll("\\D", "")); // as unique as the schema
        this.migration = new MigrationId("m-" + keyspace);
        this.group = new Group(new GroupId(migration, 0), SlotRanges.of(0, 7), A, B);
        this.form = form;
        this.function = function;
        for (TestSchema schema : List.of(source, target)) {
            schema.execute(ShardTables.statements().toArray(String[]::new));
            schema.execute(tables);
        }
        coordination.ensure("/shardshift/config/routes");
        this.shardKey = shardKey;
        this.tableNames = List.of(tables).stream().map(sql -> sql.split(" ")[2]).toList();
        publish(null, List.of());
        dataSource = new ShardshiftDataSource(
                "jdbc:shardshift://" + TestCluster.zookeeper().connectString() + "/" + keyspace + "?writeTimeout=3s",
                new Properties(),
                credentials());
    }

    Credentials credentials() {
        return new Credentials(Map.of(
                "SHARDSHIFT_A_USER",
                source.server().user(),
                "SHARDSHIFT_A_PASSWORD",
                source.server().password(),
                "SHARDSHIFT_B_USER",
                target.server().user(),
                "SHARDSHIFT_B_PASSWORD",
                target.server().password()));
    }

    private RouteTable table(@Nullable MigrationId id, List<Route> routes) {
        TreeMap<String, TableSpec> tables = new TreeMap<>();
        tableNames.forEach(name -> tables.put(name, new TableSpec(name, List.of(shardKey))));
        Keyspace definition = new Keyspace(
                keyspace,
                function,
                tables,
                false,
                new TreeMap<>(Map.of(A, new ShardSpec(source.jdbcUrl(), "a"))),
                slots,
                increment,
                List.of(),
                form);
        TreeMap<ShardName, ShardEndpoint> shards = new TreeMap<>(
                Map.of(A, new ShardEndpoint(A, source.jdbcUrl(), "a", 1), B, new ShardEndpoint(B, targetUrl, "b", 2)));
        return new RouteTable(new RoutesEpoch(++epoch), definition, shards, slots, routes, id, true);
    }

    private void publish(@Nullable MigrationId id, List<Route> routes) throws Exception {
        String path = ZnodePaths.routes(keyspace);
        byte[] data = Json.write(table(id, routes));
        coordination.transact(
                coordination.read(path).isPresent()
                        ? new Operation.Set(path, data, Operation.ANY)
                        : new Operation.Create(path, data));
    }

    /** To be called before the agent's first connection: B is reached by another address. */
    void reachTargetBy(int port) throws Exception {
        targetUrl = "jdbc:mysql://127.0.0.1:" + port + "/" + target.name();
        publish(null, List.of());
        awaitAcknowledged();
    }

    /** To be called before the agent's first connection: generated keys are apart by so much, A's from 1, B's from 2. */
    void incrementBy(int step) throws Exception {
        increment = step;
        publish(null, List.of());
        awaitAcknowledged();
    }

    /** Phases 1 to 3: A owns, B mirrors. */
    void mirroring(ShardName reads, @Nullable ShardName pointReadsFirst) throws Exception {
        fences("OWNER_MIRRORING", "MIRROR");
        route(A, true, reads, pointReadsFirst);
    }

    /** How often a statement of this shape was run in the schema. */
    static long executions(TestSchema schema, String digestLike, String digestNotLike) throws Exception {
        return Long.parseLong(schema.rows("SELECT COALESCE(SUM(COUNT_STAR), 0) FROM"
                        + " performance_schema.events_statements_summary_by_digest WHERE SCHEMA_NAME = '"
                        + schema.name()
                        + "' AND DIGEST_TEXT LIKE '" + digestLike + "' AND DIGEST_TEXT NOT LIKE '" + digestNotLike
                        + "'")
                .get(0)
                .get(0));
    }

    /** No migration: A owns slots 8 to 15, B the others. */
    void split() throws Exception {
        slots = new SlotMap(16, new TreeMap<>(Map.of(A, SlotRanges.of(8, 15), B, SlotRanges.of(0, 7))));
        publish(null, List.of());
        awaitAcknowledged();
    }

    void fences(String atA, String atB) throws Exception {
        fence(source, atA, B);
        fence(target, atB, A);
    }

    void fence(TestSchema schema, String role, ShardName peer) throws Exception {
        schema.execute("INSERT INTO _shardshift_fence VALUES ('" + migration + "', 0, '" + role + "', '" + peer
                + "', @@server_uuid, 1, 1) ON DUPLICATE KEY UPDATE role = '" + role + "', step = step + 1");
    }

    /** Publishes a route of the one group and waits until the agent has acknowledged it. */
    void route(ShardName owner, boolean mirrored, ShardName reads, @Nullable ShardName pointFirst) throws Exception {
        publish(migration, List.of(new Route(group, owner, owner.equals(A) ? B : A, mirrored, reads, pointFirst)));
        awaitAcknowledged();
    }

    /** As {@link #route}, without waiting. */
    void routeOnly(ShardName owner, boolean mirrored, ShardName reads) throws Exception {
        publish(migration, List.of(new Route(group, owner, owner.equals(A) ? B : A, mirrored, reads, null)));
    }

    AgentRecord agent() throws Exception {
        List<String> agents = new ArrayList<>(coordination.children(ZnodePaths.agents(keyspace)));
        return Json.read(
                coordination
                        .read(ZnodePaths.agents(keyspace) + "/" + agents.get(0))
                        .orElseThrow()
                        .data(),
                AgentRecord.class);
    }

    boolean hasAcknowledged() throws Exception {
        return new RoutesEpoch(epoch).equals(agent().acknowledged());
    }

    void awaitAcknowledged() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .until(this::hasAcknowledged);
    }

    @Override
    public void close() throws Exception {
        dataSource.close();
        coordination.close();
        source.close();
        target.close();
    }

    /** Until this fixture's own client has found a restarted ZooKeeper again. */
    void awaitZookeeper() {
        Awaitility.await()
                .ignoreExceptionsInstanceOf(CoordinationException.class)
                .until(() -> coordination.read("/shardshift/config/routes").isPresent());
    }
}
