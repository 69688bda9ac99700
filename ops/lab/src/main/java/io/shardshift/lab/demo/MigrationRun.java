package io.shardshift.lab.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.migration.Phase;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.lab.process.AdminClient;
import io.shardshift.lab.process.ChildProcess;
import io.shardshift.lab.process.LabServer;
import io.shardshift.lab.workload.Felt;
import io.shardshift.lab.workload.HistoryChecker;
import io.shardshift.lab.workload.HistoryChecker.Verdict;
import io.shardshift.lab.workload.ShopTables;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One migration of a keyspace of its own, from one old shard to two new ones, under a live workload; then the check. */
final class MigrationRun {
    private static final int SLOTS = 64;
    private static final int THREADS = 3;
    private static final int USERS_PER_ROW_DIVISOR = 11; // a counter and ten orders and items of each user

    /** A step that takes longer says how far it is. */
    private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Within this the streams bring what one side has before the other. */
    private static final Duration LAG = Duration.ofSeconds(20);

    private final String keyspace;
    private final DemoOptions options;
    private final Path directory;
    private final List<LabServer> servers;
    private final AdminClient admin;
    private final Map<String, String> environment;
    private final String zookeeper;
    private final PrintStream out;
    private final List<ChildProcess> agents = new ArrayList<>();
    private final int users;
    private final AtomicReference<Felt> felt = new AtomicReference<>(Felt.NOTHING);
    private long feltSince;
    private @Nullable List<String> differences;
    private long copied;
    private long copyRate;
    private long maxLag;

    MigrationRun(
            String keyspace,
            DemoOptions options,
            Path directory,
            List<LabServer> servers,
            AdminClient admin,
            Map<String, String> environment,
            String zookeeper,
            PrintStream out) {
        this.keyspace = keyspace;
        this.options = options;
        this.directory = directory;
        this.servers = servers;
        this.admin = admin;
        this.environment = environment;
        this.zookeeper = zookeeper;
        this.out = out;
        int workers = options.agents * THREADS;
        this.users = Math.max(workers, options.rows / USERS_PER_ROW_DIVISOR / workers * workers);
    }

    private String shard(int number) {
        return keyspace + "-" + number;
    }

    /** Runs it, forward to the end or rolled back from the given phase; answers the summary. */
    ObjectNode run(boolean rollsBack) throws IOException, InterruptedException, SQLException {
        prepare();
        admin.put("/keyspaces/" + keyspace, keyspaceFile());
        startAgents();
        say("the application runs: " + options.agents + " processes, " + THREADS + " threads each");
        TimeUnit.SECONDS.sleep(options.seconds);
        String name = keyspace + "-1-to-2";
        admin.post("/migrations", planFile(name, rollsBack));
        say("plan " + name + " submitted over REST");
        JsonNode end = follow(name, rollsBack);
        TimeUnit.SECONDS.sleep(options.seconds);
        for (ChildProcess agent : agents) {
            agent.finish();
        }
        return summary(end, rollsBack ? "ROLLED_BACK" : "COMPLETED");
    }

    private void say(String text) {
        out.printf("  %s  %-8s %s%n", Instant.now().toString().substring(11, 19), keyspace, text);
    }

    private void prepare() throws SQLException {
        for (LabServer server : servers) {
            server.createSchema(keyspace);
        }
        say("loading " + options.rows + " rows into " + shard(0));
        try (Connection connection = servers.get(0).connect(keyspace)) {
            try (Statement statement = connection.createStatement()) {
                for (String sql : ShopTables.STATEMENTS) {
                    statement.execute(sql);
                }
            }
            connection.setAutoCommit(false);
            load(connection);
        }
    }

    private void load(Connection connection) throws SQLException {
        int orders = options.rows - users;
        insert(connection, "INSERT INTO counters (user_id, hits) VALUES ", users, row -> "(" + row + ", 0)");
        String text = "x".repeat(150);
        insert(
                connection,
                "INSERT INTO orders (user_id, amount, payload) VALUES ",
                orders,
                row -> "(" + row % users + ", " + row % 1000 + ".25, '{\"seed\": " + row + ", \"text\": \"" + text
                        + "\"}')");
    }

    @FunctionalInterface
    private interface RowText {
        String of(int row);
    }

    private static void insert(Connection connection, String head, int rows, RowText text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (int from = 0; from < rows; from += 2_000) {
                StringBuilder sql = new StringBuilder(head);
                for (int row = from; row < Math.min(rows, from + 2_000); row++) {
                    sql.append(row > from ? ", " : "").append(text.of(row));
                }
                statement.execute(sql.toString());
                connection.commit();
            }
        }
    }

    private String url(int number) {
        return servers.get(number).jdbcUrl(keyspace);
    }

    private String keyspaceFile() {
        return "keyspace: " + keyspace + "\nslots: " + SLOTS + "\nshardFunction: crc32\ntables:\n"
                + "  items: {shardKey: user_id}\n  orders: {shardKey: user_id}\n  counters: {shardKey: user_id}\n"
                + "shards:\n  " + shard(0) + ": {url: \"" + url(0) + "\", credentials: demo-0}\nslotMap:\n  " + shard(0)
                + ": 0-" + (SLOTS - 1) + "\nautoIncrement: {increment: 16}\nunique: [orders.PRIMARY]\n";
    }

    private String planFile(String name, boolean rollsBack) {
        int half = SLOTS / 2;
        return "migration: " + name + "\nkeyspace: " + keyspace + "\nshards:\n  " + shard(1) + ": {url: \"" + url(1)
                + "\", credentials: demo-1}\n  " + shard(2) + ": {url: \"" + url(2)
                + "\", credentials: demo-2}\nslotMap:\n  " + shard(1) + ": 0-" + (half - 1) + "\n  " + shard(2) + ": "
                + half + "-" + (SLOTS - 1)
                + "\ngates: {" + gates(rollsBack) + "}\ngroups: {first: 1, then: 8}\nbackfill: "
                + options.backfill + "\n";
    }

    /** It waits for this run before both sides are compared, and where it is to be rolled back. */
    private String gates(boolean rollsBack) {
        Set<String> manual = new TreeSet<>(List.of("stopOldWrites", "complete"));
        if (rollsBack) {
            manual.add(gateAfter(options.rollbackFrom));
        }
        return manual.stream().map(gate -> gate + ": manual").collect(Collectors.joining(", "));
    }

    /** The gate at which a migration waits when all of a phase is done. */
    static String gateAfter(Phase phase) {
        return switch (phase) {
            case PREPARE -> "dualWrite";
            case DUAL_WRITE -> "readNewFirst";
            case READ_NEW_FIRST -> "backfill";
            case BACKFILL -> "stopOldWrites";
            case STOP_OLD_WRITES -> "complete";
            case COMPLETE -> throw new IllegalArgumentException("a migration ends with it");
        };
    }

    /** A migration that takes longer stands still: some minutes, and for rows what a tenth of the usual rate would take. */
    static Duration limit(int rows) {
        return Duration.ofMinutes(4).plusSeconds(rows / 1_000);
    }

    private void startAgents() throws IOException {
        int workers = options.agents * THREADS;
        for (int i = 0; i < options.agents; i++) {
            ChildProcess agent = ChildProcess.start(
                    keyspace + "-agent-" + i,
                    directory,
                    environment,
                    "-Xmx256m",
                    List.of(
                            "io.shardshift.lab.workload.WorkloadProcess",
                            "jdbc:shardshift://" + zookeeper + "/" + keyspace + "?maximumPoolSize=" + (THREADS + 2),
                            history(i).toString(),
                            Integer.toString(i * THREADS),
                            Integer.toString(THREADS),
                            Integer.toString(workers),
                            Integer.toString(users),
                            Long.toString(options.seed),
                            "10"));
            agents.add(agent);
        }
        for (ChildProcess agent : agents) {
            agent.awaitLine("running");
            agent.forEachLine(line ->
                    felt.accumulateAndGet(Json.read(line.getBytes(StandardCharsets.UTF_8), Felt.class), Felt::plus));
        }
    }

    private Path history(int agent) {
        return directory.resolve(keyspace + "-history-" + agent + ".jsonl");
    }

    /** Watches, opens gates, and rolls back where it is told; ends with the migration. */
    private JsonNode follow(String name, boolean rollsBack) throws IOException, InterruptedException, SQLException {
        String shown = "";
        long shownAt = System.nanoTime();
        boolean askedBack = false;
        long deadline = System.nanoTime() + limit(options.rows).toNanos();
        while (System.nanoTime() < deadline) {
            JsonNode status = admin.get("/migrations/" + name);
            String phase = status.path("phase").asText();
            String state = status.path("state").asText();
            String step = status.path("step").asText();
            observe(status);
            List<String> waits = StatusLines.waits(status, Instant.now());
            String line = phase + " " + state + " (" + step + ") "
                    + status.path("waitingFor").path("code").asText();
            if (!line.equals(shown) || System.nanoTime() - shownAt > PROGRESS_NANOS) {
                say(String.format(
                        Locale.ROOT,
                        "%-16s %-12s %s%s",
                        phase,
                        state,
                        StatusLines.detail(status, step),
                        application()));
                waits.forEach(out::println);
                shown = line;
                shownAt = System.nanoTime();
            }
            if (List.of("COMPLETED", "ROLLED_BACK", "FAILED").contains(state)) {
                return status;
            }
            boolean atGate = state.equals("WAITING");
            boolean turnsBack = rollsBack && !askedBack && atGate && phase.equals(options.rollbackFrom.name());
            if (differences == null && atGate && (turnsBack || phase.equals("STOP_OLD_WRITES"))) {
                say("comparing both sides, byte by byte, while the application goes on");
                differences = compare(phase);
            }
            if (turnsBack) {
                askedBack = true;
                say("rolling back, as an operator would: POST .../rollback");
                admin.post("/migrations/" + name + "/rollback", "");
            } else if (atGate && status.path("canAdvance").asBoolean()) {
                admin.post("/migrations/" + name + "/advance", "");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IOException("the migration did not end: " + admin.get("/migrations/" + name));
    }

    /** What the application felt since this was last asked; it tells each second. */
    private String application() {
        Felt now = felt.getAndSet(Felt.NOTHING);
        long since = feltSince;
        feltSince = System.nanoTime();
        if (since == 0 || now.equals(Felt.NOTHING)) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                " | application: %d writes, %d reads, longest write %d ms, %d errors",
                now.writes(),
                now.reads(),
                now.longestWriteMicros() / 1_000,
                now.errors());
    }

    private void observe(JsonNode status) {
        copied = Math.max(copied, status.path("copy").path("rows").asLong());
        long rate = status.path("copy").path("rowsPerSecond").asLong();
        copyRate = status.path("step").asText().equals("COPY") ? rate : Math.max(copyRate, rate);
        status.path("streams")
                .forEach(stream ->
                        maxLag = Math.max(maxLag, stream.path("lagMillis").asLong()));
    }

    private ObjectNode summary(JsonNode end, String wanted) throws IOException, SQLException {
        HistoryChecker checker = new HistoryChecker();
        for (int i = 0; i < agents.size(); i++) {
            checker.read(history(i));
        }
        boolean completed = end.path("state").asText().equals("COMPLETED");
        Verdict verdict = checker.check(shards(completed));
        ObjectNode summary = JsonNodeFactory.instance.objectNode();
        summary.put("seed", options.seed);
        summary.put("state", end.path("state").asText());
        summary.put("rowsCopied", copied);
        summary.put("copyRowsPerSecond", copyRate);
        summary.put("maxStreamLagMillis", maxLag);
        ObjectNode waits = summary.putObject("longestWriteWaitMillis");
        var phases = summary.putArray("phases");
        for (JsonNode visit : end.path("history")) {
            long from = Instant.parse(visit.path("entered").asText()).toEpochMilli();
            long to = visit.path("left").isTextual()
                    ? Instant.parse(visit.path("left").asText()).toEpochMilli()
                    : System.currentTimeMillis();
            String phase = visit.path("phase").asText();
            long longest = checker.longestWriteMillis(from, to);
            if (longest >= 0) {
                waits.put(phase, Math.max(longest, waits.path(phase).asLong()));
            }
            phases.addObject().put("name", phase).put("seconds", (to - from) / 1000.0);
        }
        summary.put("applicationErrors", verdict.applicationErrors());
        summary.put("acknowledgedWrites", verdict.acknowledgedWrites());
        summary.put("reads", verdict.reads());
        summary.put("lostWrites", verdict.lostWrites());
        summary.put("wrongReads", verdict.wrongReads());
        List<String> differing = differences;
        if (differing == null) {
            summary.putNull("differences");
        } else {
            long verified = end.path("verification").path("differences").asLong();
            summary.put("differences", differing.size() + verified);
        }
        var examples = summary.putArray("examples");
        verdict.examples().forEach(examples::add);
        if (differing != null) {
            differing.stream().limit(20).forEach(row -> examples.add("differs: " + row));
        }
        boolean equal = differing != null && summary.path("differences").asLong() == 0;
        summary.put("ok", end.path("state").asText().equals(wanted) && verdict.isClean() && equal);
        return summary;
    }

    /** Of a phase before the copy has ended: the rows that the new shards hold. */
    private List<String> compare(String phase) throws SQLException, InterruptedException {
        try (Connection old = servers.get(0).connect(keyspace);
                Connection first = servers.get(1).connect(keyspace);
                Connection second = servers.get(2).connect(keyspace)) {
            boolean whole = List.of("BACKFILL", "STOP_OLD_WRITES").contains(phase);
            return new SidesComparison(old, List.of(first, second), whole, LAG)
                    .differences(List.of(
                            new SidesComparison.Table("items", List.of("user_id", "item_no")),
                            new SidesComparison.Table("orders", List.of("id")),
                            new SidesComparison.Table("counters", List.of("user_id"))));
        }
    }

    private List<HistoryChecker.Shard> shards(boolean completed) {
        List<HistoryChecker.Shard> shards = new ArrayList<>();
        for (int i = 0; i < servers.size(); i++) {
            int number = i;
            shards.add(new HistoryChecker.Shard() {
                @Override
                public Connection connect() throws SQLException {
                    return servers.get(number).connect(keyspace);
                }

                @Override
                public boolean holds(long user) {
                    return number == (completed ? newShardOf(user) : 0);
                }
            });
        }
        // a shard without the tables holds nothing: the rolled back run made them all the same
        return completed ? shards.subList(1, 3) : shards.subList(0, 1);
    }

    private static int newShardOf(long user) {
        int slot =
                new ShardFunction.Crc32(SLOTS).slot(List.of(Long.toString(user).getBytes(StandardCharsets.US_ASCII)));
        return slot < SLOTS / 2 ? 1 : 2;
    }
}
