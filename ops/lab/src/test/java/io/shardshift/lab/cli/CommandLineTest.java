package io.shardshift.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardshift.cli.ShardshiftCommand;
import io.shardshift.cli.rest.Pace;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import io.shardshift.lab.process.ControllerProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator does, command by command, and the exit code of each. */
class CommandLineTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int ROWS = 600;
    private static final int SLOTS = 16;

    @TempDir
    private static Path dir;

    private static final String VIEWER = "viewer-of-the-cli-test";

    private static ControllerProcess controller;
    private static final List<TestSchema> SCHEMAS = new ArrayList<>();

    /** One run of the command in this process, and what it wrote. */
    private record Run(int exitCode, String out, String err) {}

    @BeforeAll
    static void startAController() throws IOException, InterruptedException {
        Map<String, String> credentials = new HashMap<>();
        for (int i = 0; i < 2; i++) {
            credentials.put(
                    "SHARDSHIFT_CLI_" + i + "_USER", TestCluster.mysql(i).user());
            credentials.put(
                    "SHARDSHIFT_CLI_" + i + "_PASSWORD", TestCluster.mysql(i).password());
        }
        credentials.put("SHARDSHIFT_VIEWER_TOKEN", VIEWER);
        controller = ControllerProcess.start(dir, TestCluster.zookeeper().connectString(), credentials);
    }

    @AfterAll
    static void stopTheController() throws SQLException {
        controller.close();
        for (TestSchema schema : SCHEMAS) {
            schema.close();
        }
    }

    private static Run run(String... args) {
        return as(controller.url(), controller.token(), args);
    }

    private static Run as(String url, String token, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = ShardshiftCommand.run(
                Map.of("SHARDSHIFT_URL", url, "SHARDSHIFT_TOKEN", token),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                Clock.systemUTC(),
                new Pace(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1)),
                args);
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Run done(String... args) {
        Run run = run(args);
        assertThat(run.exitCode()).as("%s: %s", List.of(args), run).isZero();
        return run;
    }

    private static void refused(String code, String... args) {
        Run run = run(args);
        assertThat(run.exitCode()).as("%s: %s", List.of(args), run).isEqualTo(3);
        assertThat(run.err()).contains(code);
    }

    /** Two schemas of this test's own on two servers, the first with rows; and the file of their keyspace. */
    private static String keyspace(String name) throws IOException, SQLException {
        for (int i = 0; i < 2; i++) {
            SCHEMAS.add(TestCluster.schema(i, "cli_" + name));
        }
        source().execute(
                        "CREATE TABLE orders (id BIGINT NOT NULL, user_id BIGINT NOT NULL, PRIMARY KEY (id, user_id))",
                        "INSERT INTO orders WITH RECURSIVE n AS (SELECT 1 i UNION ALL SELECT i + 1 FROM n WHERE i < "
                                + ROWS + ") SELECT i, i % 97 FROM n");
        return file(name + ".yaml", """
                keyspace: %s
                slots: %d
                shardFunction: crc32
                tables: {orders: {shardKey: user_id}}
                shards: {%s-0: {url: "%s", credentials: cli-0}}
                slotMap: {%s-0: 0-15}
                """.formatted(name, SLOTS, name, url(source()), name));
    }

    private static TestSchema source() {
        return SCHEMAS.get(SCHEMAS.size() - 2);
    }

    private static TestSchema target() {
        return SCHEMAS.get(SCHEMAS.size() - 1);
    }

    private static String url(TestSchema schema) {
        return "jdbc:mysql://" + schema.server().host() + ":" + schema.server().port() + "/" + schema.name()
                + "?sslMode=DISABLED&allowPublicKeyRetrieval=true";
    }

    /** The test's servers do not write each commit to the disk: preflight refuses them unless the plan accepts it. */
    private static String plan(String migration, String keyspace, String gates, boolean accepted) throws IOException {
        return file(
                migration + ".yaml",
                """
                migration: %s
                keyspace: %s
                shards: {%s-1: {url: "%s", credentials: cli-1}}
                slotMap: {%s-1: 0-7}
                gates: {%s}
                groups: {first: 1, then: 1}
                """.formatted(migration, keyspace, keyspace, url(target()), keyspace, gates)
                        + (accepted ? "accept: [COMMITS_NOT_DURABLE]\n" : ""));
    }

    private static String file(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text).toString();
    }

    private static void awaitGate(String migration, String phase) {
        await().atMost(LONG).untilAsserted(() -> {
            JsonNode status = JSON.readTree(done("status", migration, "--json").out());
            assertThat(status.path("phase").asText() + " "
                            + status.path("state").asText())
                    .as("%s", status)
                    .isEqualTo(phase + " WAITING");
        });
    }

    @Test
    void aMigrationIsTakenToItsEndByCommands() throws IOException, SQLException {
        String keyspace = keyspace("shop");
        String plan = plan("shop-split", "shop", "stopOldWrites: manual, allGroups: auto, complete: manual", true);
        String careless = plan("shop-careless", "shop", "complete: auto", false);

        assertThat(done("plan", "validate", keyspace).out()).contains("is valid: keyspace shop, 16 slots on shop-0");
        assertThat(done("plan", "validate", plan).out()).contains("is valid: plan shop-split for keyspace shop");
        assertThat(done("keyspace", "register", keyspace).out()).contains("registered now");
        assertThat(done("keyspace", "register", keyspace).out()).contains("known before");
        assertThat(done("keyspace", "show", "shop").out()).contains("shop-0  0-15   jdbc:mysql://");
        assertThat(done("agents", "shop").out()).isEqualTo("no agents\n");

        Run explained = run("plan", "explain", careless);
        assertThat(explained.exitCode()).isEqualTo(3);
        assertThat(explained.out())
                .contains("split, 1 to 2 shards: 8 of 16 slots move", "shop-0 -> shop-1: 8 slots, 0-7")
                .contains("FAIL  CommitsAreDurable", "COMMITS_NOT_DURABLE", "remedy")
                .contains("the canary", "hand over the other groups")
                .endsWith("would be refused. Nothing has changed.\n");
        refused("PREFLIGHT_FAILED", "submit", careless, "--watch", "--timeout", "60s");
        assertThat(done("submit", plan, "--dry-run").out())
                .contains("gate stopOldWrites: waits for shardshift advance shop-split");
        refused("MIGRATION_ENDED", "submit", careless);
        assertThat(done("forget", "shop-careless").out()).isEqualTo("shop-careless is forgotten\n");
        assertThat(done("keyspace", "show", "shop").out()).doesNotContain("shop-careless");

        assertThat(done("submit", plan).out()).startsWith("shop-split is submitted");
        awaitGate("shop-split", "BACKFILL");
        assertThat(done("submit", plan).out()).contains("was submitted before");
        Run stillWaiting = run("status", "shop-split", "--watch", "--timeout", "300ms");
        assertThat(stillWaiting.exitCode()).isEqualTo(4);
        assertThat(stillWaiting.err())
                .contains("TIMED_OUT", "WAITING_FOR_GATE", "since", "remedy  shardshift advance shop-split");
        assertThat(done("status", "shop-split").out())
                .contains(
                        "100 %",
                        "  step      done: send all reads",
                        "0 differences",
                        "next      operator: shardshift advance shop-split");
        assertThat(done("differences", "shop-split").out()).contains("rows compared, none differed");
        assertThat(done("pause", "shop-split").out()).contains("PAUSED");
        assertThat(done("pause", "shop-split").out()).contains("PAUSED");
        assertThat(done("status", "shop-split").out()).contains("shardshift resume shop-split");
        assertThat(done("resume", "shop-split").out()).doesNotContain("PAUSED");
        done("advance", "shop-split");
        awaitGate("shop-split", "STOP_OLD_WRITES");
        assertThat(done("status", "shop-split").out())
                .contains("remedy  shardshift complete shop-split: no rollback afterwards");
        done("complete", "shop-split");
        assertThat(done("status", "shop-split", "--watch", "--timeout", "60s").out())
                .contains("COMPLETE  COMPLETED");

        done("complete", "shop-split");
        refused("NOTHING_TO_ADVANCE", "advance", "shop-split");
        refused("MIGRATION_ENDED", "pause", "shop-split");
        assertThat(run("resume", "shop-split").err()).contains("remedy  nothing is left to resume");
        refused("ROLLBACK_IMPOSSIBLE", "rollback", "shop-split");
        refused("MIGRATION_ENDED", "submit", plan);
        assertThat(done("status").out()).containsPattern("shop-split +shop +COMPLETE +COMPLETED");
        assertThat(done("keyspace", "show", "shop").out()).contains("shop-0  8-15", "shop-1  0-7");
        assertThat(target().rows("SELECT COUNT(*) > 0 FROM orders")).isEqualTo(List.of(List.of("1")));
    }

    @Test
    void aMigrationIsTakenBackByCommands() throws IOException, SQLException {
        done("keyspace", "register", keyspace("store"));
        String plan = plan("store-split", "store", "backfill: manual, complete: auto", true);

        done("submit", plan);
        awaitGate("store-split", "READ_NEW_FIRST");
        done("rollback", "store-split");

        assertThat(done("status", "store-split", "--watch", "--timeout", "60s").out())
                .contains("PREPARE  ROLLED_BACK");
        done("rollback", "store-split");
        assertThat(done("keyspace", "show", "store").out()).contains("store-0  0-15");
    }

    @Test
    void whatCannotBeDoneSaysSoByItsExitCode() throws IOException {
        String url = controller.url();
        for (String command : List.of("advance", "pause", "resume", "rollback", "complete", "purge", "status")) {
            Run unknown = run(command, "nope");
            assertThat(unknown.exitCode()).as(command).isEqualTo(1);
            assertThat(unknown.err()).startsWith("MIGRATION_UNKNOWN").contains("shardshift status lists all");
        }
        assertThat(run("keyspace", "show", "nope").err()).startsWith("KEYSPACE_UNKNOWN");
        assertThat(run("agents", "nope").exitCode()).isEqualTo(1);
        assertThat(as(url, "", "status").err()).startsWith("UNAUTHENTICATED");
        assertThat(as(url, "wrong-token-of-16-characters", "status").exitCode()).isEqualTo(1);
        Run viewer = as(url, VIEWER, "pause", "nope");
        assertThat(viewer.exitCode()).isEqualTo(1);
        assertThat(viewer.err()).startsWith("FORBIDDEN");
        assertThat(as(url, VIEWER, "status").exitCode()).isZero();
        assertThat(as("http://127.0.0.1:1", "", "status").exitCode()).isEqualTo(5);
        assertThat(run("status", "a/b").exitCode()).isEqualTo(2);
        assertThat(run("submit", dir.resolve("missing").toString()).exitCode()).isEqualTo(2);
        refused("expected", "plan", "validate", file("bad.yaml", "migration: x\nkeyspace: [shop]\n"));
        Run unknownKeyspace = run("submit", file("lost.yaml", "migration: x\nkeyspace: nope\nslotMap: {a: 0}\n"));
        assertThat(unknownKeyspace.exitCode()).isEqualTo(1);
        assertThat(unknownKeyspace.err()).startsWith("KEYSPACE_UNKNOWN");
    }

    /** What to replace in a good file, with what, and the field of an error. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slots: 8 | slotz: 8 | slotz",
                "{a-0: 0-3, a-1: 4-7} | {a-0: 0-3, a-1: 5-7} | slotMap",
                "{a-0: 0-3, a-1: 4-7} | {a-0: 0-4, a-1: 4-7} | slotMap.a-1",
                "{a-0: 0-3, a-1: 4-7} | {a-0: 0-7} | shards.a-1",
                "jdbc:mysql://db1/a | db1:3306 | shards.a-1.url",
                "jdbc:mysql://db1/a | jdbc:mysql://root:geheim@db1/a | shards.a-1.url",
                "jdbc:mysql://db1/a | jdbc:mysql://db1/a?user=root&password=geheim | shards.a-1.url",
                "credentials: c1 | credentials: {user: root, password: geheim} | shards.a-1.credentials",
                "keyspace: a | keyspace: b | keyspace",
            })
    void aBadKeyspaceIsRefusedByTheControllerToo(String good, String bad, String field) throws Exception {
        String text = """
                keyspace: a
                slots: 8
                shardFunction: crc32
                tables: {orders: {shardKey: user_id}}
                shards: {a-0: {url: "jdbc:mysql://db0/a", credentials: c0}, a-1: {url: "jdbc:mysql://db1/a", credentials: c1}}
                slotMap: {a-0: 0-3, a-1: 4-7}
                """;
        assertThat(text).contains(good);

        HttpResponse<String> answer = send("PUT", "/keyspaces/a", text.replace(good, bad));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("code").asText()).isEqualTo("BAD_KEYSPACE");
        assertThat(problem.path("errors").findValuesAsText("field")).contains(field);
        assertThat(send("GET", "/keyspaces/a", "").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/keyspaces/b", "").statusCode()).isEqualTo(404);
        assertThat(answer.body() + controller.log()).doesNotContain("geheim");
    }

    /** One request with the operator's token, past the command and its own checks. */
    private static HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(controller.url() + "/api/v1" + path))
                                .header("Authorization", "Bearer " + controller.token())
                                .header("Content-Type", "application/yaml")
                                .method(method, HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
