package io.shardshift.lab.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.agent.jdbc.ShardshiftDataSource;
import io.shardshift.lab.bench.Comparison.Goal;
import io.shardshift.lab.bench.Comparison.Kind;
import io.shardshift.lab.bench.Comparison.Round;
import io.shardshift.lab.bench.OpenLoop.Span;
import io.shardshift.lab.process.ControllerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** What a hand-off adds to the longest write of an application that writes at a fixed rate. */
final class HandoffBenchmark implements Benchmark {
    private static final int ROWS = 5_000;
    /** Two agents. A group is a ninth of the writes: 48 wait at once only when it is held for more than a second. */
    private static final int THREADS = 2 * 24;

    private static final double ALLOWED_MILLIS = 250;
    private static final Duration BEFORE = Duration.ofSeconds(5);
    private static final Duration CATCHES_UP = Duration.ofMinutes(2);
    private static final long AFTER_MILLIS = 500;

    @Override
    public String name() {
        return "handoff";
    }

    @Override
    public String description() {
        return "longest write during the hand-off of " + SplitPlan.GROUPS
                + " groups at 300 writes/s, minus the median before, against 250 ms; goal: each run below, no error";
    }

    @Override
    public BenchResult run(BenchOptions options, PrintStream out)
            throws IOException, SQLException, InterruptedException {
        try (BenchServers servers = BenchServers.start(3, options, out);
                ControllerProcess controller = servers.startController(out)) {
            List<Round> rounds = new ArrayList<>();
            List<String> facts = new ArrayList<>();
            long errors = 0;
            for (int number = 0; number <= options.rounds; number++) {
                Run run = migrate(servers, controller, new SplitPlan(servers, "handoff" + number), options.rate);
                boolean warmUp = number == 0;
                if (!warmUp) {
                    rounds.add(new Round(run.addedMillis(), ALLOWED_MILLIS));
                }
                errors += run.all.errors().size(); // of a cold controller too
                String fact = (warmUp ? "warm-up, not counted: " : "run " + number + ": ") + run;
                out.println("  " + fact);
                facts.add(fact);
            }
            Comparison added = new Comparison(
                    "added",
                    "longest write in the hand-offs - median before",
                    "allowed",
                    "ms",
                    rounds,
                    new Goal(Kind.EACH_AT_MOST, 1));
            Comparison failed = new Comparison(
                    "errors",
                    "1 + errors that the application saw in all runs",
                    "1",
                    "",
                    List.of(new Round(1 + errors, 1)),
                    new Goal(Kind.EACH_AT_MOST, 1));
            String warmUp = "a whole migration, for a controller that has copied a table worth moving is warm";
            return new BenchResult(name(), warmUp, List.of(added, failed), facts);
        }
    }

    /** @param processors who used them before the hand-offs */
    private record Run(Span before, Span handoff, Span all, JsonNode status, String processors) {
        double addedMillis() {
            return handoff.longestMillis() - before.medianMillis();
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "added %.0f ms; before: median %.1f, 99%% %.1f, longest %.1f ms of %d writes; hand-offs: median"
                            + " %.1f, 99%% %.1f, longest %.1f ms of %d writes; longest pause by the controller %s ms; %d"
                            + " errors in %d writes; processors before: %s%s",
                    addedMillis(),
                    before.medianMillis(),
                    before.highMillis(),
                    before.longestMillis(),
                    before.micros().getTotalCount(),
                    handoff.medianMillis(),
                    handoff.highMillis(),
                    handoff.longestMillis(),
                    handoff.micros().getTotalCount(),
                    status.path("handoff").path("longestPauseMillis").asText(),
                    all.errors().size(),
                    all.micros().getTotalCount(),
                    processors,
                    all.errors().isEmpty() ? "" : ", such as: " + all.errors().get(0));
        }
    }

    private static Run migrate(BenchServers servers, ControllerProcess controller, SplitPlan plan, int rate)
            throws IOException, SQLException, InterruptedException {
        plan.prepare(ROWS);
        plan.register(controller.admin());
        String url =
                "jdbc:shardshift://" + servers.zookeeper() + "/" + plan.keyspace() + "?maximumPoolSize=" + THREADS / 2;
        try (ShardshiftDataSource one = new ShardshiftDataSource(url, new Properties(), servers.credentials());
                ShardshiftDataSource other = new ShardshiftDataSource(url, new Properties(), servers.credentials());
                OpenLoop loop = new OpenLoop(rate, THREADS, number -> write(number % 2 == 0 ? one : other, number))) {
            plan.submit(controller.admin());
            controller.await(plan.migration(), ControllerProcess.waitsIn("BACKFILL"));
            // What waited behind the copy is done, and the span that the hand-off is compared with is over.
            loop.awaitCaughtUp(BEFORE, CATCHES_UP);
            ProcessorTime used = ProcessorTime.now(servers, controller);
            TimeUnit.NANOSECONDS.sleep(BEFORE.toNanos());
            String processors = ProcessorTime.now(servers, controller).since(used);
            long handoff = System.nanoTime();
            plan.advance(controller.admin());
            JsonNode status = controller.await(plan.migration(), ControllerProcess.waitsIn("STOP_OLD_WRITES"));
            long end = System.nanoTime();
            TimeUnit.MILLISECONDS.sleep(AFTER_MILLIS); // so that no thread waits for a time long past
            loop.stop();
            plan.advance(controller.admin());
            controller.await(
                    plan.migration(), done -> done.path("state").asText().equals("COMPLETED"));
            long before = handoff - BEFORE.toNanos();
            return new Run(
                    loop.between(before, handoff),
                    loop.between(handoff, end),
                    loop.between(before - TimeUnit.HOURS.toNanos(1), System.nanoTime()),
                    status,
                    processors);
        }
    }

    /** Every row in turn, in an order in which neighbours are of other groups. */
    private static void write(DataSource agent, long number) throws SQLException {
        long id = 1 + number * 7_919 % ROWS;
        try (Connection connection = agent.getConnection();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE accounts SET amount = amount + 1 WHERE id = ? AND user_id = ?")) {
            update.setLong(1, id);
            update.setLong(2, id * 7_919 % (ROWS / 10));
            if (update.executeUpdate() != 1) {
                throw new SQLException("row " + id + " was not found", "WRONG");
            }
        }
    }
}
