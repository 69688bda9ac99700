package io.shardshift.lab.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A real controller process with the heap that {@code ops/bin/controller} is meant for, and its admin API. */
public final class ControllerProcess implements AutoCloseable {
    public static final int HEAP_MEBIBYTES = 512;

    private static final long READY_SECONDS = 90;
    private static final long PHASE_SECONDS = 600;

    private final ChildProcess process;
    private final AdminClient admin;
    private final String url;
    private final String token;
    private final Path garbageLog;

    private ControllerProcess(ChildProcess process, String url, String token, Path garbageLog) {
        this.process = process;
        this.admin = new AdminClient(url, token);
        this.url = url;
        this.token = token;
        this.garbageLog = garbageLog;
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param directory for its logs
     * @param secrets environment with the credentials of the shards; of tokens too, but for the operator's
     */
    public static ControllerProcess start(Path directory, String zookeeper, Map<String, String> secrets)
            throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>(secrets);
        String token = UUID.randomUUID().toString();
        int port = freePort();
        int adminPort = freePort();
        environment.put("SHARDSHIFT_ZOOKEEPER", zookeeper);
        environment.put("SHARDSHIFT_OPERATOR_TOKEN", token);
        environment.put("SHARDSHIFT_PORT", Integer.toString(port));
        environment.put("SHARDSHIFT_ADMIN_PORT", Integer.toString(adminPort));
        Path garbageLog = directory.resolve("controller-gc.log");
        ChildProcess process = ChildProcess.start(
                "controller",
                directory,
                environment,
                "-Xmx" + HEAP_MEBIBYTES + "m",
                List.of("-Xlog:gc:file=" + garbageLog + ":uptime", "io.shardshift.controller.ControllerMain"));
        Runtime.getRuntime().addShutdownHook(new Thread(process::close, "end-controller")); // also on SIGTERM
        boolean ready = false;
        try {
            process.drain(directory.resolve("controller.out"));
            ControllerProcess controller =
                    new ControllerProcess(process, "http://127.0.0.1:" + port, token, garbageLog);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
            while (controller.admin.probe("http://127.0.0.1:" + adminPort + "/healthcheck") != 200) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    throw new IOException("the controller did not become ready: " + process.logTail());
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
            ready = true;
            return controller;
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

    /** Of the API, without {@code /api/v1}. */
    public String url() {
        return url;
    }

    /** Of an operator; made anew for each controller. */
    public String token() {
        return token;
    }

    /** What it wrote to standard error so far. */
    public String log() throws IOException {
        return process.log();
    }

    public ProcessHandle process() {
        return process.handle();
    }

    public AdminClient admin() {
        return admin;
    }

    /** Written by the JVM: a line for each collection. */
    public Path garbageLog() {
        return garbageLog;
    }

    /** Looks at the migration's status until it is as wanted; throws when it fails or stands still for ten minutes. */
    public JsonNode await(String migration, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
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
            TimeUnit.MILLISECONDS.sleep(100); // each look costs the controller processor time, which a bench measures
        }
    }

    /** Whether the migration waits at the gate that is before the phase after {@code phase}. */
    public static Predicate<JsonNode> waitsIn(String phase) {
        return status -> status.path("phase").asText().equals(phase)
                && status.path("state").asText().equals("WAITING");
    }

    @Override
    public void close() {
        process.close();
    }
}
