package io.shardshift.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ClusterCommandTest {
    private record Ran(int exitCode, String out, String err) {}

    @TempDir
    private Path temporary;

    private Path directory() {
        return temporary.resolve("by hand");
    }

    @AfterEach
    void end() {
        run("down", "--dir", directory().toString());
    }

    @Test
    void goesUpOnceAndDownAgain() throws Exception {
        Ran up = run("up", "--mysql", "2", "--dir", directory().toString());
        assertThat(up.exitCode()).as(up.err()).isZero();
        JsonNode json = new ObjectMapper().readTree(up.out());
        assertThat(names(json)).containsExactly("dir", "zookeeper", "mysql");
        assertThat(names(json.get("zookeeper"))).containsExactly("connect", "pid");
        assertThat(json.get("mysql")).hasSize(2);
        assertThat(names(json.get("mysql").get(1)))
                .containsExactly("name", "host", "port", "user", "password", "jdbcUrl", "pid");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory().resolve("cluster.json"))))
                .isEqualTo("rw-------");

        ClusterDescription.Mysql second =
                ClusterDescription.fromJson(up.out()).mysql().get(1);
        assertThat(second.name()).isEqualTo("mysql-1");
        try (Connection connection = DriverManager.getConnection(
                        second.jdbcUrl() + "?allowPublicKeyRetrieval=true", second.user(), second.password());
                var result = connection.createStatement().executeQuery("SELECT @@sync_binlog")) {
            assertThat(result.next()).isTrue();
            assertThat(result.getInt(1)).as("a plan passes preflight there").isEqualTo(1);
        }

        Ran status = run("status", "--dir", directory().toString());
        assertThat(status.exitCode()).isZero();
        assertThat(status.out()).isEqualTo(up.out());

        Ran again = run("up", "--dir", directory().toString());
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("a cluster is up").contains("cluster down");
        assertThat(again.out()).isEmpty();

        Ran down = run("down", "--dir", directory().toString());
        assertThat(down.exitCode()).as(down.err()).isZero();
        assertThat(ProcessHandle.of(json.at("/zookeeper/pid").asLong())).isEmpty();
        assertThat(ProcessHandle.of(second.pid())).isEmpty();
        assertThat(Files.exists(directory().resolve("data"))).isFalse();

        assertThat(run("status", "--dir", directory().toString()).exitCode()).isEqualTo(1);
        assertThat(run("down", "--dir", directory().toString()).exitCode()).isZero();
    }

    @Test
    void aKilledKeeperIsSeenAndDoesNotHinderTheNext() throws Exception {
        Ran first = run("up", "--mysql", "1", "--fast", "--dir", directory().toString());
        assertThat(first.exitCode()).as(first.err()).isZero();
        long keeper = ClusterDescription.fromJson(first.out()).zookeeper().pid();
        ProcessHandle process = ProcessHandle.of(keeper).orElseThrow();
        process.destroyForcibly();
        await().atMost(Duration.ofSeconds(20)).until(() -> !process.isAlive());

        Ran status = run("status", "--dir", directory().toString());
        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.err()).contains("killed");

        Ran second = run("up", "--mysql", "1", "--fast", "--dir", directory().toString());
        assertThat(second.exitCode()).as(second.err()).isZero();
        assertThat(second.err()).contains("did not end in order");
    }

    @Test
    void refusesADirectoryOfOthersAndBadUsage() throws Exception {
        Files.createDirectories(directory());
        Files.writeString(directory().resolve("thesis.txt"), "all of it");
        Ran up = run("up", "--dir", directory().toString());
        assertThat(up.exitCode()).isEqualTo(1);
        assertThat(up.err()).contains("not empty");
        assertThat(run("down", "--dir", directory().toString()).exitCode()).isZero();
        assertThat(directory().resolve("thesis.txt")).exists();

        assertThat(run("up").exitCode()).isEqualTo(2);
        assertThat(run("up", "--dir", directory().toString(), "--fast", "--durable")
                        .exitCode())
                .isEqualTo(2);
        assertThat(run("up", "--dir", directory().toString(), "--mysql", "-1").exitCode())
                .isEqualTo(2);
    }

    private static Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = ClusterCommand.commandLine();
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return new Ran(line.execute(arguments), out.toString(), err.toString());
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
