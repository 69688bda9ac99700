package io.shardshift.controller.fence;

import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.time.Timing;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.ShardTables;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Two schemas on two real servers with bookkeeping tables, a group with its two fences, and a proxy before the source. */
public final class FencedPair implements AutoCloseable {
    public static final ShardName SOURCE = new ShardName("source");
    public static final ShardName TARGET = new ShardName("target");
    public static final Group GROUP =
            new Group(new GroupId(new MigrationId("m-1"), 0), SlotRanges.of(0, 7), SOURCE, TARGET);
    private static final String KEY = " WHERE migration = 'm-1' AND grp = 0";

    public final TestSchema source = TestCluster.schema(0, "source");
    public final TestSchema target = TestCluster.schema(1, "target");
    public final LateProxy proxy;
    public final Credentials credentials;

    public FencedPair() throws SQLException, IOException {
        for (TestSchema schema : List.of(source, target)) {
            schema.execute(ShardTables.statements().toArray(String[]::new));
        }
        proxy = new LateProxy(source.server().host(), source.server().port());
        credentials = new Credentials(Map.of(
                "SHARDSHIFT_SOURCE_USER", source.server().user(),
                "SHARDSHIFT_SOURCE_PASSWORD", source.server().password(),
                "SHARDSHIFT_TARGET_USER", target.server().user(),
                "SHARDSHIFT_TARGET_PASSWORD", target.server().password()));
    }

    public TestSchema schema(ShardName shard) {
        return shard.equals(SOURCE) ? source : target;
    }

    public ShardEndpoint endpoint(ShardName shard) {
        return new ShardEndpoint(shard, schema(shard).jdbcUrl(), shard.value(), 0);
    }

    public KeptConnections connections(Timing timing) {
        return new KeptConnections(this::endpoint, credentials, "shardshift-test", timing);
    }

    /** A changer of one leader, straight to the servers. */
    public JdbcFenceChanger changer(LongSupplier term) {
        return new JdbcFenceChanger(connections(SystemTiming.INSTANCE), term);
    }

    /** A changer of one leader, which reaches the source by the {@link #proxy}. */
    public JdbcFenceChanger changerByProxy(LongSupplier term, Timing timing) {
        String url = "jdbc:mysql://127.0.0.1:" + proxy.port() + "/" + source.name() + "?sslMode=DISABLED";
        return new JdbcFenceChanger(
                new KeptConnections(
                        shard -> shard.equals(SOURCE)
                                ? new ShardEndpoint(shard, url, shard.value(), 0)
                                : endpoint(shard),
                        credentials,
                        "shardshift-test",
                        timing),
                term);
    }

    public static Deadline in(Duration duration) {
        return SystemTiming.INSTANCE.deadlineIn(duration);
    }

    public static Deadline soon() {
        return in(Duration.ofSeconds(10));
    }

    /** Both fences as a leader of term 1 has them in that role, step 1. */
    public void fences(Role atSource, Role atTarget) throws SQLException {
        fence(SOURCE, atSource);
        fence(TARGET, atTarget);
    }

    private void fence(ShardName shard, Role role) throws SQLException {
        ShardName peer = shard.equals(SOURCE) ? TARGET : SOURCE;
        schema(shard)
                .execute("INSERT INTO _shardshift_fence VALUES ('m-1', 0, '" + role + "', '" + peer
                        + "', @@server_uuid, 1, 1)");
    }

    public Role role(ShardName shard) throws SQLException {
        return Role.valueOf(column(shard, "role"));
    }

    public long step(ShardName shard) throws SQLException {
        return Long.parseLong(column(shard, "step"));
    }

    public long term(ShardName shard) throws SQLException {
        return Long.parseLong(column(shard, "term"));
    }

    private String column(ShardName shard, String name) throws SQLException {
        return schema(shard)
                .rows("SELECT " + name + " FROM _shardshift_fence" + KEY)
                .get(0)
                .get(0);
    }

    /** Takes the fence as a writing transaction does, and holds it until the connection's transaction ends. */
    public Connection writer(ShardName shard) throws SQLException {
        Connection connection = schema(shard).connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT role FROM _shardshift_fence" + KEY + " FOR SHARE");
        }
        return connection;
    }

    /** A fence of the group that is not there yet. */
    public static Fence fresh(ShardName shard, Role role) {
        return new Fence(GROUP.id(), role, shard.equals(SOURCE) ? TARGET : SOURCE, "", 0, 0);
    }

    @Override
    public void close() throws SQLException, IOException {
        proxy.close();
        source.close();
        target.close();
    }
}
