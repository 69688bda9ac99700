package io.shardshift.plans;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.plans.file.PlanReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of {@code examples/}, which people copy. */
public final class Examples {
    private static final Path ROOT = Path.of("examples");

    private Examples() {}

    public static List<Path> keyspaces() {
        return files("keyspaces");
    }

    public static List<Path> plans() {
        return files("plans");
    }

    public static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Keyspace keyspace(String name) {
        Path file = ROOT.resolve("keyspaces").resolve(name + ".yaml");
        try {
            return PlanReader.readKeyspace(file.toString(), text(file));
        } catch (ProblemException e) {
            throw new AssertionError(e.problem().errors().toString(), e);
        }
    }

    public static MigrationPlan plan(String name) {
        Path file = ROOT.resolve("plans").resolve(name + ".yaml");
        try {
            return PlanReader.readPlan(file.toString(), text(file));
        } catch (ProblemException e) {
            throw new AssertionError(e.problem().errors().toString(), e);
        }
    }

    private static List<Path> files(String directory) {
        try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
