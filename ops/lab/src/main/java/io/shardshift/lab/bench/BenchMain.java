package io.shardshift.lab.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code ops/bin/bench}: exits 0 when every goal was met, 1 when one was missed, 2 for wrong arguments. */
public final class BenchMain {
    private static final List<Benchmark> BENCHMARKS =
            List.of(new CopyBenchmark(), new HandoffBenchmark(), new AgentBenchmark(), new HeapBenchmark());

    private BenchMain() {}

    public static void main(String[] arguments) throws IOException, SQLException, InterruptedException {
        BenchOptions options = new BenchOptions();
        CommandLine line = new CommandLine(options);
        List<Benchmark> chosen;
        try {
            line.parseArgs(arguments);
            chosen = chosen(line, options);
        } catch (CommandLine.ParameterException e) {
            System.err.println(e.getMessage());
            line.usage(System.err);
            System.exit(2);
            return;
        }
        if (line.isUsageHelpRequested()) {
            line.usage(System.out);
            return;
        }
        if (options.list) {
            BENCHMARKS.forEach(one -> System.out.printf("%-8s %s%n", one.name(), one.description()));
            return;
        }
        System.exit(run(chosen, options, System.out) ? 0 : 1);
    }

    private static List<Benchmark> chosen(CommandLine line, BenchOptions options) {
        if (options.rows < 1_000 || options.rounds < 1 || options.seconds <= 0 || options.rate < 1) {
            throw new CommandLine.ParameterException(
                    line, "at least 1000 --rows, 1 --rounds, 1 --rate, and --seconds above 0");
        }
        List<Benchmark> chosen = new ArrayList<>();
        for (String name : options.names) {
            chosen.add(BENCHMARKS.stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new CommandLine.ParameterException(
                            line, "no benchmark is called '" + name + "'; --list shows them")));
        }
        return chosen.isEmpty() ? BENCHMARKS : chosen;
    }

    static boolean run(List<Benchmark> benchmarks, BenchOptions options, PrintStream out)
            throws IOException, SQLException, InterruptedException {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.put("at", Instant.now().toString());
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put("java", System.getProperty("java.runtime.version"));
        ArrayNode results = all.putArray("benchmarks");
        boolean met = true;
        for (Benchmark benchmark : benchmarks) {
            out.println(benchmark.name() + ": " + benchmark.description());
            long begun = System.nanoTime();
            BenchResult result = benchmark.run(options, out);
            result.print(out);
            out.printf(Locale.ROOT, "  took %.0f s%n%n", (System.nanoTime() - begun) / 1e9);
            result.write(results.addObject());
            met &= result.isMet();
            write(options.json, all); // what is done stays when a later one fails
        }
        return met;
    }

    private static void write(@Nullable Path file, ObjectNode all) throws IOException {
        if (file != null) {
            Files.writeString(
                    file, new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
        }
    }
}
