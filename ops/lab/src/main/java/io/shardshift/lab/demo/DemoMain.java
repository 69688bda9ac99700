package io.shardshift.lab.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.lab.process.AdminClient;
import io.shardshift.lab.process.ControllerProcess;
import io.shardshift.lab.process.LabServers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code ops/bin/demo}: exits 0 only if nothing was lost, no read was wrong and the application saw no error. */
public final class DemoMain {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private DemoMain() {}

    public static void main(String[] arguments) throws Exception {
        System.exit(execute(System.out, System.err, arguments));
    }

    /** The exit code: 0 nothing was lost, 1 something was, or it did not come to its end; 2 wrong usage. */
    static int execute(PrintStream out, PrintStream err, String... arguments) throws InterruptedException {
        DemoOptions options = new DemoOptions();
        CommandLine line = new CommandLine(options);
        try {
            line.parseArgs(arguments);
            if (line.isUsageHelpRequested()) {
                line.usage(out);
                return 0;
            }
            options.check(line);
        } catch (CommandLine.ParameterException e) {
            err.println(e.getMessage());
            line.usage(err);
            return 2;
        }
        try {
            return run(options, out) ? 0 : 1;
        } catch (IOException | SQLException e) {
            err.println("demo: it did not come to its end: " + e.getMessage());
            return 1;
        }
    }

    /** Whether all went well. The summary is written in any case, with {@code error} where it did not come to its end. */
    static boolean run(DemoOptions options, PrintStream out) throws IOException, InterruptedException, SQLException {
        ObjectNode all = JsonNodeFactory.instance.objectNode().put("seed", options.seed);
        try {
            boolean ok = story(options, all, out);
            write(options.json, all.put("ok", ok));
            out.println(ok ? "OK: nothing was lost." : "FAILED: see above.");
            return ok;
        } catch (IOException | SQLException | InterruptedException | RuntimeException e) {
            try {
                write(options.json, all.put("ok", false).put("error", String.valueOf(e.getMessage())));
            } catch (IOException unwritten) {
                e.addSuppressed(unwritten);
            }
            throw e;
        }
    }

    /** Both migrations; {@code all} has the summary of what has ended. */
    private static boolean story(DemoOptions options, ObjectNode all, PrintStream out)
            throws IOException, InterruptedException, SQLException {
        Path directory = Files.createTempDirectory("shardshift-demo-");
        out.println("Shardshift demo: seed " + options.seed + ", logs and histories in " + directory);
        out.println(
                options.cluster == null
                        ? "Starting three MySQL servers with durable settings, and ZooKeeper ..."
                        : "Using three MySQL servers of " + options.cluster + ", starting ZooKeeper ...");
        try (LabServers servers = LabServers.open(options.cluster, 3, directory);
                ControllerProcess controller =
                        ControllerProcess.start(directory, servers.zookeeper(), servers.secrets("demo"))) {
            out.println("The controller answers at " + controller.url() + ".");
            AdminClient admin = controller.admin();
            out.println("A migration from one shard to two, to the end:");
            ObjectNode forward =
                    migration("shop", options, directory, servers, admin, out).run(false);
            all.setAll(forward);
            out.println("Again, rolled back from " + options.rollbackFrom + ":");
            ObjectNode back =
                    migration("store", options, directory, servers, admin, out).run(true);
            all.set("rolledBackRun", back);
            print("Migrated", forward, out);
            print("Rolled back", back, out);
            return forward.path("ok").asBoolean() && back.path("ok").asBoolean();
        }
    }

    private static MigrationRun migration(
            String keyspace,
            DemoOptions options,
            Path directory,
            LabServers servers,
            AdminClient admin,
            PrintStream out) {
        return new MigrationRun(
                keyspace,
                options,
                directory,
                servers.mysql(),
                admin,
                servers.secrets("demo"),
                servers.zookeeper(),
                out);
    }

    private static void write(@Nullable Path file, ObjectNode all) throws IOException {
        if (file != null) {
            Files.writeString(file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
        }
    }

    /** {@code PREPARE 130, DUAL_WRITE 1978 ms}. */
    static String byPhase(JsonNode millis) {
        String figures = millis.properties().stream()
                .map(phase -> phase.getKey() + " " + phase.getValue().asLong())
                .collect(Collectors.joining(", "));
        return figures.isEmpty() ? "none" : figures + " ms";
    }

    private static void print(String title, ObjectNode summary, PrintStream out) {
        out.println();
        out.println(title + " (" + summary.path("state").asText() + ")");
        out.printf(
                "  rows copied                  %,d at %,d rows/s%n",
                summary.path("rowsCopied").asLong(),
                summary.path("copyRowsPerSecond").asLong());
        out.println("  longest write, by phase      " + byPhase(summary.path("longestWriteWaitMillis")));
        out.println("  errors of the application    " + summary.path("applicationErrors"));
        out.printf(
                "  acknowledged writes          %,d%n",
                summary.path("acknowledgedWrites").asLong());
        out.printf("  reads                        %,d%n", summary.path("reads").asLong());
        out.println("  lost writes                  " + summary.path("lostWrites"));
        out.println("  wrong reads                  " + summary.path("wrongReads"));
        JsonNode differences = summary.path("differences");
        out.println("  differences                  " + (differences.isNull() ? "not compared" : differences));
        summary.path("examples").forEach(example -> out.println("    " + example.asText()));
    }
}
