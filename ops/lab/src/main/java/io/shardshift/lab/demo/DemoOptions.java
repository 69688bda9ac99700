package io.shardshift.lab.demo;

import io.shardshift.api.migration.Phase;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@code demo} may be told. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description =
                "Runs two whole migrations of a live workload on real servers, its own or yours, one to the end and one"
                        + " rolled back, and checks every acknowledged write. Exits 0 if nothing was lost, 1 if not.")
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
            paramLabel = "PHASE",
            description = "phase from which the second run rolls back: PREPARE, DUAL_WRITE, READ_NEW_FIRST, BACKFILL or"
                    + " STOP_OLD_WRITES (default ${DEFAULT-VALUE})")
    Phase rollbackFrom = Phase.STOP_OLD_WRITES;

    @Option(
            names = "--backfill",
            description = "copy: ranges of rows; stream: rows that Debezium names (default ${DEFAULT-VALUE})")
    String backfill = "copy";

    @Option(
            names = "--cluster",
            paramLabel = "FILE",
            description =
                    "run on these MySQL servers: the JSON that `cluster up` prints; what is made there is removed")
    @Nullable
    Path cluster;

    @Option(names = "--json", description = "file for the summary")
    @Nullable
    Path json;

    /** Throws ParameterException for what could not be run to its end. */
    void check(CommandLine line) {
        if (rollbackFrom == Phase.COMPLETE) {
            throw new CommandLine.ParameterException(
                    line, "--rollback-from COMPLETE: from there no migration rolls back; the last is STOP_OLD_WRITES");
        }
        if (!List.of("copy", "stream").contains(backfill)) {
            throw new CommandLine.ParameterException(line, "--backfill is copy or stream, not " + backfill);
        }
        if (rows < 1 || agents < 1 || seconds < 0) {
            throw new CommandLine.ParameterException(line, "at least 1 --rows, 1 --agents and 0 --seconds");
        }
    }
}
