package io.shardshift.lab.bench;

import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.lab.bench.Comparison.Goal;
import io.shardshift.lab.bench.Comparison.Kind;
import io.shardshift.lab.bench.Comparison.Round;
import io.shardshift.lab.process.ControllerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a large table costs the controller's heap and ZooKeeper, beside a tenth of it. */
final class HeapBenchmark implements Benchmark {
    /** {@code [12.3s] GC(7) Pause Young (Normal) (G1 Evacuation Pause) 112M->45M(512M) 4.2ms} */
    private static final Pattern COLLECTION = Pattern.compile("(\\d+)M->(\\d+)M\\((\\d+)M\\)");

    private static final int FACTOR = 10;

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public String description() {
        return "bytes in ZooKeeper after a copy of all rows against a tenth of them, and the controller's heap against "
                + ControllerProcess.HEAP_MEBIBYTES + " MiB; goal: at most 1.05, and 1";
    }

    /** What one migration that has copied and verified left behind. */
    private record Cost(long znodeBytes, long heapAfterMebibytes, long heapBeforeMebibytes) {}

    @Override
    public BenchResult run(BenchOptions options, PrintStream out)
            throws IOException, SQLException, InterruptedException {
        try {
            Cost small = copy("small", options.rows / FACTOR, options, out);
            Cost large = copy("large", options.rows, options, out);
            List<Comparison> comparisons = List.of(
                    new Comparison(
                            "znodes",
                            options.rows + " rows",
                            options.rows / FACTOR + " rows",
                            "bytes that one migration adds to ZooKeeper, names and data",
                            List.of(new Round(large.znodeBytes(), small.znodeBytes())),
                            new Goal(Kind.EACH_AT_MOST, 1.05)),
                    new Comparison(
                            "heap",
                            "largest heap in use",
                            "-Xmx",
                            "MiB",
                            List.of(new Round(large.heapBeforeMebibytes(), ControllerProcess.HEAP_MEBIBYTES)),
                            new Goal(Kind.EACH_AT_MOST, 1)));
            String fact = String.format(
                    Locale.ROOT,
                    "largest heap after a collection: %d MiB by the end of %,d rows, %d MiB by the end of %,d rows",
                    small.heapAfterMebibytes(),
                    options.rows / FACTOR,
                    large.heapAfterMebibytes(),
                    options.rows);
            return new BenchResult(name(), "none", comparisons, List.of(fact));
        } catch (CoordinationException e) {
            throw new IOException("ZooKeeper cannot be read", e);
        }
    }

    /** On servers and a ZooKeeper of its own: a later migration on the same servers stores a little more than an earlier one. */
    private static Cost copy(String keyspace, int rows, BenchOptions options, PrintStream out)
            throws IOException, SQLException, InterruptedException, CoordinationException {
        try (BenchServers servers = BenchServers.start(3, options, out);
                ControllerProcess controller = servers.startController(out);
                CuratorCoordination coordination = CuratorCoordination.connect(
                        servers.zookeeper(), Duration.ofSeconds(10), Duration.ofSeconds(20))) {
            return copy(servers, controller, coordination, keyspace, rows, out);
        }
    }

    private static Cost copy(
            BenchServers servers,
            ControllerProcess controller,
            CuratorCoordination coordination,
            String keyspace,
            int rows,
            PrintStream out)
            throws IOException, SQLException, InterruptedException, CoordinationException {
        long before = bytes(coordination, "/shardshift");
        SplitPlan plan = new SplitPlan(servers, keyspace);
        out.printf(Locale.ROOT, "  loading and copying %,d rows%n", rows);
        plan.prepare(rows);
        plan.register(controller.admin());
        plan.submit(controller.admin());
        long begun = System.nanoTime();
        controller.await(plan.migration(), ControllerProcess.waitsIn("BACKFILL"));
        long added = bytes(coordination, "/shardshift") - before;
        long after = 0;
        long peak = 0;
        for (String line : Files.readAllLines(controller.garbageLog())) {
            Matcher matcher = COLLECTION.matcher(line);
            if (matcher.find()) {
                peak = Math.max(peak, Long.parseLong(matcher.group(1)));
                after = Math.max(after, Long.parseLong(matcher.group(2)));
            }
        }
        out.printf(
                Locale.ROOT,
                "  copied and verified in %.0f s: %,d bytes more in ZooKeeper, heap at most %d MiB, %d MiB after a"
                        + " collection%n",
                (System.nanoTime() - begun) / 1e9,
                added,
                peak,
                after);
        return new Cost(added, after, peak);
    }

    /** Names and data of the node and all below it. */
    private static long bytes(CuratorCoordination coordination, String path) throws CoordinationException {
        long bytes = (long) path.length()
                + coordination.read(path).map(node -> node.data().length).orElse(0);
        for (String child : coordination.children(path)) {
            bytes += bytes(coordination, path + "/" + child);
        }
        return bytes;
    }
}
