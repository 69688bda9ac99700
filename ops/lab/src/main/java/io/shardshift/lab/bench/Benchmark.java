package io.shardshift.lab.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;

/** One benchmark: it starts what it needs, and nothing of it is left when it has ended. */
interface Benchmark {
    String name();

    /** One line: which two things, and the goal. */
    String description();

    /** Runs all rounds; throws when what it measured did not do its work. */
    BenchResult run(BenchOptions options, PrintStream out) throws IOException, SQLException, InterruptedException;
}
