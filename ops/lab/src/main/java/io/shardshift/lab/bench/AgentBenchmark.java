package io.shardshift.lab.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.shardshift.agent.jdbc.ShardshiftDataSource;
import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.coordination.Operation;
import io.shardshift.lab.bench.Comparison.Goal;
import io.shardshift.lab.bench.Comparison.Kind;
import io.shardshift.lab.bench.Comparison.Round;
import io.shardshift.lab.process.LabServer;
import io.shardshift.shard.ShardTables;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;

/** An application's statements through the agent while nothing moves, against HikariCP and Connector/J alone. */
final class AgentBenchmark implements Benchmark {
    private static final String SCHEMA = "bench_agent";
    private static final int THREADS = 4;
    private static final int ROWS = 10_000;
    private static final int SLOTS = 64;
    private static final ShardName SHARD = new ShardName("bench-0");
    private static final int WARM_UP_ROUNDS = 2;
    private static final double TURN_SECONDS = 0.25;

    @Override
    public String name() {
        return "agent";
    }

    @Override
    public String description() {
        return "statements/s through the agent without a migration, " + THREADS
                + " threads, against HikariCP + Connector/J" + " alone; goal: median at least 0.9 each";
    }

    /** One statement, as applications write it: a connection of the pool for each. */
    private enum StatementKind {
        SELECT,
        UPDATE
    }

    @Override
    public BenchResult run(BenchOptions options, PrintStream out)
            throws IOException, SQLException, InterruptedException {
        try (BenchServers servers = BenchServers.start(1, options, out)) {
            LabServer server = servers.mysql(0);
            server.createSchema(SCHEMA);
            Accounts.execute(server, SCHEMA, ShardTables.statements());
            Accounts.execute(
                    server,
                    SCHEMA,
                    List.of(
                            "CREATE TABLE balances (user_id BIGINT NOT NULL, amount BIGINT NOT NULL, note VARCHAR(100)"
                                    + " NOT NULL, PRIMARY KEY (user_id)) ENGINE=InnoDB",
                            "SET SESSION cte_max_recursion_depth = " + 2 * ROWS,
                            "INSERT INTO balances WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                                    + " WHERE i < "
                                    + ROWS + ") SELECT i, 0, REPEAT('x', 80) FROM n"));
            publish(servers.zookeeper(), server);
            String url = "jdbc:shardshift://" + servers.zookeeper() + "/bench?maximumPoolSize=" + THREADS;
            try (ShardshiftDataSource agent = new ShardshiftDataSource(url, new Properties(), servers.credentials());
                    HikariDataSource alone = alone(server)) {
                List<Comparison> comparisons = new ArrayList<>();
                for (StatementKind kind : StatementKind.values()) {
                    comparisons.add(compare(kind, agent, alone, options, out));
                }
                String warmUp = WARM_UP_ROUNDS + " unmeasured rounds for each statement; a round is " + options.seconds
                        + " s of each, in turns of " + TURN_SECONDS + " s";
                return new BenchResult(name(), warmUp, comparisons, List.of());
            }
        }
    }

    /** The routes of a keyspace that nobody moves, as the controller publishes them when it is registered. */
    private static void publish(String zookeeper, LabServer server) throws IOException {
        TreeMap<ShardName, SlotRanges> slots = new TreeMap<>(Map.of(SHARD, SlotRanges.of(0, SLOTS - 1)));
        Keyspace keyspace = new Keyspace(
                new KeyspaceName("bench"),
                new ShardFunction.Crc32(SLOTS),
                new TreeMap<>(Map.of("balances", new TableSpec("balances", List.of("user_id")))),
                false,
                new TreeMap<>(Map.of(SHARD, new ShardSpec(server.jdbcUrl(SCHEMA), SHARD.value()))),
                new SlotMap(SLOTS, slots),
                null,
                List.of(),
                ShardKeyForm.AS_IS);
        RouteTable routes = new RouteTable(
                new RoutesEpoch(1),
                keyspace,
                new TreeMap<>(Map.of(SHARD, new ShardEndpoint(SHARD, server.jdbcUrl(SCHEMA), SHARD.value(), 0))),
                new SlotMap(SLOTS, slots),
                List.of(),
                null,
                true);
        try (CuratorCoordination coordination =
                CuratorCoordination.connect(zookeeper, Duration.ofSeconds(10), Duration.ofSeconds(20))) {
            coordination.ensure("/shardshift/config/routes");
            coordination.transact(new Operation.Create(ZnodePaths.routes(keyspace.name()), Json.write(routes)));
        } catch (CoordinationException e) {
            throw new IOException("the routes cannot be published", e);
        }
    }

    /** The agent's own settings of pool and driver. */
    private static HikariDataSource alone(LabServer server) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.jdbcUrl(SCHEMA));
        config.setUsername(server.user());
        config.setPassword(server.password());
        config.addDataSourceProperty("allowPublicKeyRetrieval", "true");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("useServerPrepStmts", "false");
        config.setMaximumPoolSize(THREADS);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    private static Comparison compare(
            StatementKind kind, DataSource agent, DataSource alone, BenchOptions options, PrintStream out)
            throws IOException, InterruptedException {
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            round(kind, agent, alone, options.seconds);
        }
        List<Round> rounds = new ArrayList<>();
        for (int number = 1; number <= options.rounds; number++) {
            Round round = round(kind, agent, alone, options.seconds);
            rounds.add(round);
            out.printf(
                    Locale.ROOT,
                    "  %s round %d: %,.0f/s : %,.0f/s, ratio %.3f%n",
                    kind,
                    number,
                    round.measured(),
                    round.baseline(),
                    round.ratio());
        }
        return new Comparison(
                kind == StatementKind.SELECT ? "select" : "update",
                "ShardshiftDataSource",
                "HikariCP + Connector/J",
                "prepared statements by primary key/s",
                rounds,
                new Goal(Kind.MEDIAN_AT_LEAST, 0.9));
    }

    /** Short turns of both, so that what else the machine does falls on both alike. */
    private static Round round(StatementKind kind, DataSource agent, DataSource alone, double seconds)
            throws IOException, InterruptedException {
        int turns = (int) Math.max(1, seconds / TURN_SECONDS);
        double measured = 0;
        double baseline = 0;
        for (int turn = 0; turn < turns; turn++) {
            measured += perSecond(kind, agent, seconds / turns) / turns;
            baseline += perSecond(kind, alone, seconds / turns) / turns;
        }
        return new Round(measured, baseline);
    }

    private static double perSecond(StatementKind kind, DataSource through, double seconds)
            throws IOException, InterruptedException {
        LongAdder done = new LongAdder();
        long end = System.nanoTime() + (long) (seconds * 1e9);
        double took = ParallelWork.seconds(THREADS, () -> {
            long mine = 0;
            while (System.nanoTime() < end) {
                long user = 1L + ThreadLocalRandom.current().nextInt(ROWS);
                if (kind == StatementKind.SELECT) {
                    select(through, user);
                } else {
                    update(through, user);
                }
                mine++;
            }
            done.add(mine);
        });
        return done.sum() / took;
    }

    private static void select(DataSource through, long user) throws SQLException {
        try (Connection connection = through.getConnection();
                PreparedStatement select =
                        connection.prepareStatement("SELECT amount, note FROM balances WHERE user_id = ?")) {
            select.setLong(1, user);
            try (ResultSet rows = select.executeQuery()) {
                if (!rows.next() || rows.getLong(1) < 0 || rows.getString(2).isEmpty()) {
                    throw new SQLException("user " + user + " is not there");
                }
            }
        }
    }

    private static void update(DataSource through, long user) throws SQLException {
        try (Connection connection = through.getConnection();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE balances SET amount = amount + 1 WHERE user_id = ?")) {
            update.setLong(1, user);
            if (update.executeUpdate() != 1) {
                throw new SQLException("user " + user + " is not there");
            }
        }
    }
}
