package io.shardshift.lab.demo;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@code demo} may be told. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Runs two whole migrations of a live workload on real servers, one to the end and one rolled back,"
                        + " and checks every acknowledged write.")
final class DemoOptions {
    @Option(names = "--rows", description = "rows before it starts (default ${DEFAULT-VALUE})")
    int rows = 220_000;

    @Option(names = "--agents", description = "application processes (default ${DEFAULT-VALUE})")
    int agents = 2;

    @Option(
            names = "--seconds",
            description = "live seconds before and after each migration (default ${DEFAULT-VALUE})")
    int seconds = 3;

    @Option(names = "--seed", description = "seed of the workload (default: the clock)")
    long seed = System.currentTimeMillis();

    @Option(
            names = "--rollback-from",
            description = "phase from which the second run rolls back (default ${DEFAULT-VALUE})")
    String rollbackFrom = "STOP_OLD_WRITES";

    @Option(
            names = "--backfill",
            description = "copy: ranges of rows; stream: rows that Debezium names (default ${DEFAULT-VALUE})")
    String backfill = "copy";

    @Option(names = "--json", description = "file for the summary")
    @Nullable
    Path json;
}
