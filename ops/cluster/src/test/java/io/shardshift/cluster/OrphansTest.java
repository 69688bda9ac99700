package io.shardshift.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No mysqld is left when the process that started it has ended, whichever way. */
class OrphansTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    @Test
    void killingTheJvmEndsItsServersAndTheirWatchers() throws Exception {
        Path data = directory.resolve("c");
        Process jvm = holder(data);
        try {
            long mysqld = Long.parseLong(jvm.inputReader().readLine());
            assertThat(command(mysqld)).endsWith("/mysqld");
            assertThat(processesOf(data)).isGreaterThan(1); // mysqld and who watches over it
            jvm.destroyForcibly();
            await().atMost(SOON).until(() -> processesOf(data) == 0);
        } finally {
            jvm.destroyForcibly();
        }
    }

    @Test
    void aServerThatStandsStillIsEndedToo() throws Exception {
        Path data = directory.resolve("c");
        Process jvm = holder(data);
        try {
            long mysqld = Long.parseLong(jvm.inputReader().readLine());
            assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(mysqld))
                            .start()
                            .waitFor())
                    .isZero();
            jvm.destroyForcibly();
            await().atMost(SOON).until(() -> processesOf(data) == 0);
        } finally {
            jvm.destroyForcibly();
        }
    }

    @Test
    void aTerminatedJvmLeavesNeitherProcessesNorFiles() throws Exception {
        Path data = directory.resolve("c");
        Process jvm = holder(data);
        try {
            assertThat(Long.parseLong(jvm.inputReader().readLine())).isPositive();
            jvm.destroy();
            assertThat(jvm.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(processesOf(data)).isZero();
            assertThat(Files.exists(data)).isFalse();
        } finally {
            jvm.destroyForcibly();
        }
    }

    private static Process holder(Path data) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ClusterHolder.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String command(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().command())
                .orElse("(none)");
    }

    private static long processesOf(Path data) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains("--datadir=" + data + "/"))
                .count();
    }
}
