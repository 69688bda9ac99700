package io.shardshift.lab.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.lab.demo.AdminClient;
import io.shardshift.lab.demo.ChildProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A real controller process with the heap that {@code ops/bin/controller} is meant for, and its admin API. */
final class ControllerProcess implements AutoCloseable {
    static final int HEAP_MEBIBYTES = 512;

    private static final long READY_SECONDS = 90;
    private static final long PHASE_SECONDS = 600;

    private final ChildProcess process;
    private final AdminClient admin;
    private final Path garbageLog;

    private ControllerProcess(ChildProcess process, AdminClient admin, Path garbageLog) {
        this.process = process;
        this.admin = admin;
        this.garbageLog = garbageLog;
    }

    static ControllerProcess start(BenchServers servers, PrintStream out) throws IOException, InterruptedException {
        out.println("  starting a controller with -Xmx" + HEAP_MEBIBYTES + "m");
        Map<String, String> environment = servers.secrets();
        String token = UUID.randomUUID().toString();
        int port = freePort();
        int adminPort = freePort();
        environment.put("SHARDSHIFT_ZOOKEEPER", servers.zookeeper());
        environment.put("SHARDSHIFT_OPERATOR_TOKEN", token);
        environment.put("SHARDSHIFT_PORT", Integer.toString(port));
        environment.put("SHARDSHIFT_ADMIN_PORT", Integer.toString(adminPort));
        Path garbageLog = servers.directory().resolve("controller-gc.log");
        ChildProcess process = ChildProcess.start(
                "controller",
                servers.directory(),
                environment,
                "-Xmx" + HEAP_MEBIBYTES + "m",
                List.of("-Xlog:gc:file=" + garbageLog + ":uptime", "io.shardshift.controller.ControllerMain"));
        Runtime.getRuntime().addShutdownHook(new Thread(process::close, "end-controller")); // also on SIGTERM
        boolean ready = false;
        try {
            process.drain(servers.directory().resolve("controller.out"));
            AdminClient admin = new AdminClient("http://127.0.0.1:" + port, token);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
            while (admin.probe("http://127.0.0.1:" + adminPort + "/healthcheck") != 200) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("the controller did not become ready: " + process.logTail());
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
            ready = true;
            return new ControllerProcess(process, admin, garbageLog);
        } finally {
            if (!ready) {
                process.close();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    AdminClient admin() {
        return admin;
    }

    /** Written by the JVM: a line for each collection. */
    Path garbageLog() {
        return garbageLog;
    }

    /** Looks at the migration's status until it is as wanted; throws when it fails or stands still for ten minutes. */
    JsonNode await(String migration, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PHASE_SECONDS);
        while (true) {
            JsonNode status = admin.get("/migrations/" + migration);
            if (wanted.test(status)) {
                return status;
            }
            if (List.of("FAILED", "ROLLED_BACK", "COMPLETED")
                            .contains(status.path("state").asText())
                    || System.nanoTime() > deadline) {
                throw new IOException("the migration did not come so far: " + status);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Whether the migration waits at the gate that is before the phase after {@code phase}. */
    static Predicate<JsonNode> waitsIn(String phase) {
        return status -> status.path("phase").asText().equals(phase)
                && status.path("state").asText().equals("WAITING");
    }

    @Override
    public void close() {
        process.close();
    }
}
