package io.shardshift.lab.migration;

import io.shardshift.agent.jdbc.ShardshiftDataSource;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.lab.model.Tables;
import io.shardshift.lab.model.Writers;
import io.shardshift.plans.file.PlanReader;
import io.shardshift.shard.Credentials;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A keyspace of four slots, {@code user_id % 4}, on shard {@code s0}, with schemas of its own on three servers. A plan moves
 * slots 0 and 1 to {@code s1}, 2 and 3 to {@code s2}: the canary is slot 0.
 */
final class ShopKeyspace implements AutoCloseable {
    static final int SLOTS = 4;
    private static final int SHARDS = 3;
    private static final int ER_NO_SUCH_THREAD = 1094;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** What plans say of a transaction that keeps a hand-off. */
    String onLongTransaction = "takeBack";

    final String name = "lab" + NUMBERS.incrementAndGet();
    private final List<TestSchema> schemas = new ArrayList<>();
    private final List<ShardshiftDataSource> agents = new ArrayList<>();

    ShopKeyspace() throws SQLException {
        for (int i = 0; i < SHARDS; i++) {
            schemas.add(TestCluster.schema(i, "lab"));
        }
        schemas.get(0).execute(Tables.statements().toArray(String[]::new));
        try (Connection connection = schemas.get(0).connect()) {
            Writers.load(connection);
        }
    }

    Credentials credentials() {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < SHARDS; i++) {
            environment.put(
                    "SHARDSHIFT_LAB_" + i + "_USER", schemas.get(i).server().user());
            environment.put(
                    "SHARDSHIFT_LAB_" + i + "_PASSWORD", schemas.get(i).server().password());
        }
        return new Credentials(environment);
    }

    private String shard(int number) {
        return "{url: \"" + schemas.get(number).jdbcUrl() + "\", credentials: lab-" + number + "}";
    }

    Keyspace keyspace() throws ProblemException {
        StringBuilder tables = new StringBuilder();
        Tables.names().forEach(table -> tables.append("  ").append(table).append(": {shardKey: user_id}\n"));
        return PlanReader.readKeyspace(
                null,
                "keyspace: " + name + "\nslots: " + SLOTS + "\nshardFunction: modulo\ntables:\n" + tables
                        + "shards:\n  s0: " + shard(0) + "\nslotMap: {s0: 0-3}\nautoIncrement: {increment: 16}\n"
                        + "unique: [notes.PRIMARY]\n");
    }

    /**
     * Every gate is manual. A pause may be long, for a busy machine must not keep a hand-off from beginning. The servers of
     * tests are not durable, and a migration after one rolled back finds its rows.
     */
    MigrationPlan plan(String migration, MigrationPlan.Backfill backfill) throws ProblemException {
        return PlanReader.readPlan(
                null,
                "migration: " + migration + "\nkeyspace: " + name + "\nshards:\n  s1: " + shard(1) + "\n  s2: "
                        + shard(2)
                        + "\nslotMap: {s1: 0-1, s2: 2-3}\ngates: {dualWrite: manual, readNewFirst: manual, backfill: manual,"
                        + " stopOldWrites: manual, allGroups: manual, complete: manual}\ngroups: {first: 1, then: 3}\n"
                        + "handoff: {maxPause: 3s, deadline: 3s, onLongTransaction: " + onLongTransaction
                        + "}\nbackfill: "
                        + backfill.name().toLowerCase(Locale.ROOT) + "\n"
                        + "accept: [COMMITS_NOT_DURABLE, TARGET_HOLDS_ROWS]\n");
    }

    /** Agents as so many applications would have them. */
    List<ShardshiftDataSource> agents(int count) throws SQLException {
        while (agents.size() < count) {
            agents.add(agent(TestCluster.zookeeper().connectString()));
        }
        return List.copyOf(agents);
    }

    private ShardshiftDataSource agent(String zookeeper) throws SQLException {
        return new ShardshiftDataSource(
                "jdbc:shardshift://" + zookeeper + "/" + name + "?writeTimeout=10s", new Properties(), credentials());
    }

    /** Starts another agent, then ends the one before. */
    ShardshiftDataSource replaceAgent(int number, String zookeeper) throws SQLException {
        ShardshiftDataSource another = agent(zookeeper);
        agents.set(number, another).close();
        return another;
    }

    /** Kills a random connection of the agents or the controller to a random shard, if there is one; seldom a stream's. */
    void killAConnection(Random random) throws SQLException {
        String streams = random.nextInt(10) == 0 ? " OR COMMAND LIKE 'Binlog Dump%'" : "";
        TestSchema schema = schemas.get(random.nextInt(SHARDS));
        try (Connection connection = schema.server().connect("");
                Statement statement = connection.createStatement()) {
            List<Long> ids = new ArrayList<>();
            try (ResultSet result = statement.executeQuery("SELECT ID FROM information_schema.PROCESSLIST WHERE (DB = '"
                    + schema.name() + "'" + streams + ") AND ID <> CONNECTION_ID()")) {
                while (result.next()) {
                    ids.add(result.getLong(1));
                }
            }
            if (!ids.isEmpty()) {
                statement.execute("KILL " + ids.get(random.nextInt(ids.size())));
            }
        } catch (SQLException e) {
            if (e.getErrorCode() != ER_NO_SUCH_THREAD) {
                throw e;
            }
        }
    }

    /** The shard of {@code user}, as an owner or as the other side. */
    Connection connect(long user, boolean moved) throws SQLException {
        return schemas.get(moved ? target((int) (user % SLOTS)) : 0).connect();
    }

    private static int target(int slot) {
        return slot < 2 ? 1 : 2;
    }

    /** Rows of the moving slots at their old shard and at their new ones, all columns as bytes. */
    List<String> rowsAtOld() throws SQLException {
        try (Connection old = schemas.get(0).connect()) {
            return Tables.rows(old, SLOTS, List.of(0, 1, 2, 3));
        }
    }

    List<String> rowsAtNew() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection first = schemas.get(1).connect();
                Connection second = schemas.get(2).connect()) {
            rows.addAll(Tables.rows(first, SLOTS, List.of(0, 1)));
            rows.addAll(Tables.rows(second, SLOTS, List.of(2, 3)));
        }
        rows.sort(null);
        return rows;
    }

    /** The server of shard {@code number}, which tests share: what is done to it must be undone. */
    MysqlServer server(int number) {
        return schemas.get(number).server();
    }

    /** Number of signals that named rows of the old shard to its stream. */
    long signals() throws SQLException {
        return Long.parseLong(schemas.get(0)
                .rows(
                        "SELECT SUM(COUNT_INSERT) FROM performance_schema.table_io_waits_summary_by_table WHERE OBJECT_SCHEMA"
                                + " = DATABASE() AND OBJECT_NAME = '_shardshift_signal'")
                .get(0)
                .get(0));
    }

    /** Role of each fence of {@code migration}, as "shard group role". */
    List<String> fences(String migration) throws SQLException {
        List<String> fences = new ArrayList<>();
        for (int i = 0; i < SHARDS; i++) {
            fences.addAll(fencesAt(i, migration));
        }
        return fences;
    }

    /** Those at one shard, for when another does not answer. */
    List<String> fencesAt(int shard, String migration) throws SQLException {
        List<String> fences = new ArrayList<>();
        TestSchema schema = schemas.get(shard);
        if (!schema.rows("SHOW TABLES LIKE '\\_shardshift\\_fence'").isEmpty()) { // else it is not prepared yet
            schema.rows("SELECT grp, role FROM _shardshift_fence WHERE migration LIKE '" + migration + "-________'")
                    .forEach(row -> fences.add("s" + shard + " " + row.get(0) + " " + row.get(1)));
        }
        return fences;
    }

    /** Fences of {@code migration} that were stamped for another server than the one they are at, as "shard group". */
    List<String> strangers(String migration) throws SQLException {
        List<String> strangers = new ArrayList<>();
        for (int i = 0; i < SHARDS; i++) {
            String shard = "s" + i + " ";
            schemas.get(i)
                    .rows("SELECT grp FROM _shardshift_fence WHERE server_uuid <> @@server_uuid AND migration LIKE '"
                            + migration + "-________'")
                    .forEach(row -> strangers.add(shard + row.get(0)));
        }
        return strangers;
    }

    /** The shard goes back to where it had none of the items, and its binlog to its beginning. */
    void loseCommits(int shard) throws SQLException {
        try (Connection connection = schemas.get(shard).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET sql_log_bin = 0");
            statement.execute("DELETE FROM items");
            statement.execute("RESET MASTER");
        }
    }

    /** Whether a group of {@code migration} was handed over. */
    boolean hasHandedOver(String migration) throws SQLException {
        return fences(migration).stream().anyMatch(fence -> fence.endsWith(" OWNER") && !fence.startsWith("s0 "));
    }

    @Override
    public void close() throws SQLException {
        agents.forEach(ShardshiftDataSource::close);
        for (TestSchema schema : schemas) {
            schema.close();
        }
    }
}
