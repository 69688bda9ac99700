package io.shardshift.lab.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code bench} may be told. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Benchmarks on real servers with durable settings that it starts itself, or on yours. Each is a ratio of two things"
                        + " that take turns in one run. Exits 0 when every goal was met, 1 when one was not.")
final class BenchOptions {
    @Parameters(paramLabel = "NAME", arity = "0..*", description = "benchmarks to run (default: all)")
    List<String> names = new ArrayList<>();

    @Option(names = "--list", description = "list the benchmarks and end")
    boolean list;

    @Option(names = "--rows", description = "rows that copy and heap move (default ${DEFAULT-VALUE})")
    int rows = 500_000;

    @Option(names = "--rounds", description = "rounds, each of both things (default ${DEFAULT-VALUE})")
    int rounds = 5;

    @Option(names = "--seconds", description = "seconds of each side in a round of agent (default ${DEFAULT-VALUE})")
    double seconds = 2;

    @Option(names = "--rate", description = "writes/s of handoff; the goal is for ${DEFAULT-VALUE}, the default")
    int rate = 300;

    @Option(
            names = "--cluster",
            paramLabel = "FILE",
            description =
                    "run on these MySQL servers: the JSON that `cluster up` prints; what is made there is removed")
    @Nullable
    Path cluster;

    @Option(names = "--json", description = "file for the results")
    @Nullable
    Path json;
}
