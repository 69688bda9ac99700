package io.shardshift.lab.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.cluster.Cluster;
import io.shardshift.cluster.ClusterOptions;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.lab.process.AdminClient;
import io.shardshift.lab.process.ControllerProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** {@code ops/bin/demo}: exits 0 only if nothing was lost, no read was wrong and the application saw no error. */
public final class DemoMain {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private DemoMain() {}

    public static void main(String[] arguments) throws Exception {
        DemoOptions options = new DemoOptions();
        CommandLine line = new CommandLine(options);
        try {
            line.parseArgs(arguments);
        } catch (CommandLine.ParameterException e) {
            System.err.println(e.getMessage());
            line.usage(System.err);
            System.exit(2);
        }
        if (line.isUsageHelpRequested()) {
            line.usage(System.out);
            return;
        }
        System.exit(run(options, System.out) ? 0 : 1);
    }

    static boolean run(DemoOptions options, PrintStream out) throws IOException, InterruptedException, SQLException {
        Path directory = Files.createTempDirectory("shardshift-demo-");
        out.println("Shardshift demo: seed " + options.seed + ", logs and histories in " + directory);
        out.println("Starting three MySQL servers with durable settings, and ZooKeeper ...");
        try (Cluster cluster =
                Cluster.start(new ClusterOptions(3, directory.resolve("cluster"), true, false, List.of()))) {
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "end-cluster"));
            Map<String, String> environment = environment(cluster);
            try (ControllerProcess controller =
                    ControllerProcess.start(directory, cluster.zookeeper().connectString(), environment)) {
                out.println("The controller answers at " + controller.url() + ".");
                AdminClient admin = controller.admin();
                ObjectNode forward = migrate("shop", false, options, directory, cluster, admin, environment, out);
                ObjectNode back = migrate("store", true, options, directory, cluster, admin, environment, out);
                return report(forward, back, options, out);
            }
        }
    }

    private static ObjectNode migrate(
            String keyspace,
            boolean rollsBack,
            DemoOptions options,
            Path directory,
            Cluster cluster,
            AdminClient admin,
            Map<String, String> environment,
            PrintStream out)
            throws IOException, InterruptedException, SQLException {
        out.println(
                rollsBack
                        ? "Again, rolled back from " + options.rollbackFrom + ":"
                        : "A migration from one shard to two, to the end:");
        List<MysqlServer> servers = cluster.mysqlServers();
        return new MigrationRun(
                        keyspace,
                        options,
                        directory,
                        servers,
                        admin,
                        environment,
                        cluster.zookeeper().connectString(),
                        out)
                .run(rollsBack);
    }

    /** The credentials of the shards. */
    private static Map<String, String> environment(Cluster cluster) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < 3; i++) {
            environment.put("SHARDSHIFT_DEMO_" + i + "_USER", cluster.mysql(i).user());
            environment.put(
                    "SHARDSHIFT_DEMO_" + i + "_PASSWORD", cluster.mysql(i).password());
        }
        return environment;
    }

    private static boolean report(ObjectNode forward, ObjectNode back, DemoOptions options, PrintStream out)
            throws IOException {
        print("Migrated", forward, out);
        print("Rolled back", back, out);
        boolean ok = forward.path("ok").asBoolean() && back.path("ok").asBoolean();
        ObjectNode all = forward.deepCopy();
        all.set("rolledBackRun", back);
        all.put("ok", ok);
        if (options.json != null) {
            Files.writeString(
                    options.json, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
        }
        out.println(ok ? "OK: nothing was lost." : "FAILED: see above.");
        return ok;
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
        out.println("  differences                  "
                + (differences.isNull() ? "not compared: rolled back before both sides were equal" : differences));
        summary.path("examples").forEach(example -> out.println("    " + example.asText()));
    }
}
