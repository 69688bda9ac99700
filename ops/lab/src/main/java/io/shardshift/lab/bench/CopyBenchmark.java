package io.shardshift.lab.bench;

import io.shardshift.lab.bench.Comparison.Goal;
import io.shardshift.lab.bench.Comparison.Kind;
import io.shardshift.lab.bench.Comparison.Round;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The controller's bulk copy against a plain SELECT and LOAD DATA LOCAL of the same chunks. */
final class CopyBenchmark implements Benchmark {
    private static final String SCHEMA = "bench_copy";
    private static final int THREADS = 4;
    /** What a program takes that need not care how long writers of a chunk's rows wait. */
    private static final int LARGE_CHUNK = 10_000;

    @Override
    public String name() {
        return "copy";
    }

    @Override
    public String description() {
        return "rows/s of the bulk copy, " + THREADS
                + " copiers, against a plain parallel SELECT + LOAD DATA LOCAL of the"
                + " same chunks; goal: median at least 0.5";
    }

    @Override
    public BenchResult run(BenchOptions options, PrintStream out)
            throws IOException, SQLException, InterruptedException {
        try (BenchServers servers = BenchServers.start(2, options, out)) {
            for (int i = 0; i < 2; i++) {
                servers.mysql(i).createSchema(SCHEMA);
                Accounts.execute(servers.mysql(i), SCHEMA, List.of(Accounts.CREATE));
            }
            MirroredCopy mirrored = MirroredCopy.prepare(servers, SCHEMA);
            PlainCopy plain = new PlainCopy(servers.mysql(0), servers.mysql(1), SCHEMA);
            out.printf(Locale.ROOT, "  loading %,d rows%n", options.rows);
            Accounts.load(servers.mysql(0), SCHEMA, options.rows);
            List<Round> rounds = new ArrayList<>();
            List<Round> large = new ArrayList<>();
            List<String> facts = new ArrayList<>();
            for (int number = 1; number <= options.rounds; number++) {
                double ours = mirrored.seconds(THREADS);
                requireAll(servers, options.rows);
                List<Long> ends = mirrored.chunkEnds();
                double theirs = plain.seconds(ends, THREADS);
                requireAll(servers, options.rows);
                double free = plain.seconds(largeChunks(options.rows), THREADS);
                requireAll(servers, options.rows);
                Round round = new Round(options.rows / ours, options.rows / theirs);
                rounds.add(round);
                large.add(new Round(options.rows / ours, options.rows / free));
                String fact = String.format(
                        Locale.ROOT,
                        "round %d: %.2f s : %.2f s in %d chunks, the largest of %d rows; %.2f s in chunks of %d",
                        number,
                        ours,
                        theirs,
                        ends.size(),
                        largest(ends),
                        free,
                        LARGE_CHUNK);
                out.printf(Locale.ROOT, "  %s: ratio %.3f%n", fact, round.ratio());
                facts.add(fact);
            }
            Comparison comparison = new Comparison(
                    "copy",
                    "bulk copy, " + THREADS + " copiers",
                    "plain program, " + THREADS + " threads, the same chunks",
                    "rows/s",
                    rounds,
                    new Goal(Kind.MEDIAN_AT_LEAST, 0.5));
            Comparison freely = new Comparison(
                    "large",
                    "bulk copy, " + THREADS + " copiers",
                    "plain program, " + THREADS + " threads, chunks of " + LARGE_CHUNK + " rows",
                    "rows/s",
                    large,
                    new Goal(Kind.MEDIAN_AT_LEAST, 0.4));
            return new BenchResult(name(), "none: round 1 is a cold JVM", List.of(comparison, freely), facts);
        }
    }

    private static void requireAll(BenchServers servers, int rows) throws IOException, SQLException {
        long there = Accounts.count(servers.mysql(1), SCHEMA);
        if (there != rows) {
            throw new IOException("the target has " + there + " rows, not " + rows);
        }
        Accounts.execute(servers.mysql(1), SCHEMA, List.of("TRUNCATE TABLE " + Accounts.TABLE));
    }

    private static List<Long> largeChunks(int rows) {
        List<Long> ends = new ArrayList<>();
        for (long end = LARGE_CHUNK; end < rows + LARGE_CHUNK; end += LARGE_CHUNK) {
            ends.add(end);
        }
        return ends;
    }

    private static long largest(List<Long> ends) {
        long largest = 0;
        long before = 0;
        for (long end : ends) {
            largest = Math.max(largest, end - before);
            before = end;
        }
        return largest;
    }
}
