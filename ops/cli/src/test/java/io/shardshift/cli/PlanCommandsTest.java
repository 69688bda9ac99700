package io.shardshift.cli;

import static io.shardshift.cli.ControllerPeer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandsTest {
    private static final String DRY_RUN = "POST /api/v1/migrations?dryRun=true";
    private static final String SUBMIT = "POST /api/v1/migrations";
    private static final String BAD_PLAN = """
            {"type": "about:blank", "title": "The plan cannot be carried out", "status": 422, "code": "BAD_PLAN",
             "detail": "2 mistakes", "remedy": "mend the file and submit it again",
             "errors": [{"field": "slotMap.shop-9", "line": 12, "message": "not a shard of shop", "suggestion": "shop-1"},
                        {"field": null, "line": null, "message": "slots 3-5 have two owners", "suggestion": null},
                        {"field": "shards.shop-1.url", "message": "expected a place of its own"}]}""";
    private static final String REPORT = """
            {"preflight": [{"severity": "PASS", "check": "row-image-is-full", "subject": "shop-0", "problem": null},
                           {"severity": "%s", "check": "primary-keys", "subject": "orders",
                            "problem": {"code": "NO_PRIMARY_KEY", "what": "orders has none", "remedy": "add one"}}],
             "steps": ["PREFLIGHT", "COPY", "HANDOFF_CANARY", "HANDOFF_REST", "VACATE_SOURCES", "A_LATER_STEP"],
             "groups": [{"group": 0, "slots": "0", "source": "shop-0", "target": "shop-1"},
                        {"group": 1, "slots": "1-511", "source": "shop-0", "target": "shop-1"}]}""";
    private static final String PLAN = """
            # a comment
            migration: shop-1-to-2
            keyspace: shop
            shards: {shop-1: {url: "jdbc:mysql://db1.example/shop", credentials: shop-1}}
            slotMap: {shop-1: 0-511}
            gates: {complete: manual, stopOldWrites: auto, backfill: manual}
            """;
    private static final String KEYSPACE = """
            keyspace: shop
            slots: 1024
            shardFunction: crc32
            tables: {orders: {shardKey: user_id}}
            shards: {shop-0: {url: "jdbc:mysql://db0.example/shop", credentials: shop-0}}
            slotMap: {shop-0: 0-1023}
            """;

    private final ControllerPeer peer = new ControllerPeer();

    @TempDir
    private Path dir;

    private String plan = "";
    private String keyspace = "";

    @BeforeEach
    void writeFiles() throws IOException {
        plan = write("plan.yaml", PLAN);
        keyspace = write("keyspace.yaml", KEYSPACE);
    }

    @AfterEach
    void close() {
        peer.close();
    }

    private String write(String name, String text) throws IOException {
        return Files.writeString(dir.resolve(name), text).toString();
    }

    @Test
    void registersAKeyspaceUnderItsName() {
        peer.on("PUT /api/v1/keyspaces/shop", json(201, "{}"), json(200, "{}"));

        assertThat(CommandRun.of(peer, "keyspace", "register", keyspace))
                .isEqualTo(new CommandRun(0, "keyspace shop is registered now\n", ""));
        assertThat(CommandRun.of(peer, "keyspace", "register", keyspace).out()).contains("it was known before");
        assertThat(peer.requests().get(0).body()).isEqualTo(KEYSPACE);
        assertThat(peer.requests().get(0).type()).isEqualTo("application/yaml");
    }

    @Test
    void submitsAPlan() throws IOException {
        peer.on(SUBMIT, json(201, "{\"name\": \"shop-1-to-2\"}\n"), json(200, "{\"name\":  \"shop-1-to-2\"}"));
        String asJson =
                write("plan.json", "{\"migration\": \"shop-1-to-2\", \"keyspace\": \"shop\", \"slotMap\": {\"a\": 1}}");

        assertThat(CommandRun.of(peer, "submit", plan))
                .isEqualTo(new CommandRun(
                        0, "shop-1-to-2 is submitted; see: shardshift status shop-1-to-2 --watch\n", ""));
        assertThat(CommandRun.of(peer, "submit", asJson, "--json"))
                .isEqualTo(new CommandRun(0, "{\"name\":  \"shop-1-to-2\"}\n", ""));
        assertThat(CommandRun.of(peer, "submit", plan).out()).contains("was submitted before");
        assertThat(peer.requests().get(1).type()).isEqualTo("application/json");
    }

    @Test
    void aPlanThatTheControllerRefusesIsShownWithEachMistake() {
        peer.on(SUBMIT, json(422, BAD_PLAN));

        CommandRun run = CommandRun.of(peer, "submit", plan);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("""
                        BAD_PLAN  The plan cannot be carried out
                          why     2 mistakes
                          FILE:12  slotMap.shop-9: not a shard of shop; suggestion: shop-1
                          FILE  slots 3-5 have two owners
                          FILE:4  shards.shop-1.url: expected a place of its own
                          remedy  mend the file and submit it again
                        """.replace("FILE", plan));
    }

    @Test
    void validateSaysWhatAFileIs() {
        assertThat(CommandRun.of(peer, "plan", "validate", plan))
                .isEqualTo(new CommandRun(
                        0,
                        plan
                                + " is valid: plan shop-1-to-2 for keyspace shop; whether it fits there says:"
                                + " shardshift plan explain " + plan + "\n",
                        ""));
        assertThat(CommandRun.of(peer, "plan", "validate", keyspace))
                .isEqualTo(new CommandRun(0, keyspace + " is valid: keyspace shop, 1024 slots on shop-0\n", ""));
        assertThat(CommandRun.of(peer, "plan", "validate", keyspace, "--json").out())
                .contains("\"valid\":true", "\"errors\":[]");
        assertThat(peer.requests()).isEmpty();
    }

    @Test
    void validatePrintsAllMistakesOfAPlanAtOnceAndAsksNobody() throws IOException {
        String bad = write("bad.yaml", """
                migration: shop 1
                keyspace: shop
                slotMap: {shop-1: 511-0}
                gates:
                  stopOldWrite: manual
                  complete: never
                handoff: {maxPause: 250}
                """);

        CommandRun run = CommandRun.of(peer, "plan", "validate", bad);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(5).allMatch(line -> line.contains("expected"));
        assertThat(run.err())
                .contains(bad + ":1  migration: expected a name")
                .contains(bad + ":3  slotMap.shop-1: expected slots such as 0-511, 600")
                .contains(bad + ":5  gates.stopOldWrite: expected a known field", "suggestion: stopOldWrites")
                .contains(bad + ":6  gates.complete: expected auto or manual, found 'never'")
                .contains(bad + ":7  handoff.maxPause: expected a duration", "suggestion: 250ms");
        CommandRun asJson = CommandRun.of(peer, "plan", "validate", bad, "--json");
        assertThat(asJson.exitCode()).isEqualTo(3);
        assertThat(asJson.out()).contains("\"valid\":false", "\"line\":5", "\"suggestion\":\"stopOldWrites\"");
        assertThat(peer.requests()).isEmpty();
    }

    @Test
    void validateKnowsAKeyspaceByItsContentAndShowsNoSecret() throws IOException {
        String bad = write(
                "plan.yml", KEYSPACE.replace("db0.example", "root:geheim@db0").replace("0-1023", "0-1022"));

        CommandRun run = CommandRun.of(peer, "plan", "validate", bad);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.err())
                .contains(bad + ":5  shards.shop-0.url: expected a URL", "leave user and password out")
                .contains(bad + ":6  slotMap: expected every slot on a shard, found 1023 on none")
                .doesNotContain("geheim");
    }

    @Test
    void whatTheReaderRefusesIsNeverSent() throws IOException {
        String bad = write("bad.yaml", PLAN.replace("0-511", "0-"));
        String badKeyspace = write("badk.yaml", KEYSPACE.replace("db0.example", "root:geheim@db0"));

        for (CommandRun run : new CommandRun[] {
            CommandRun.of(peer, "submit", bad),
            CommandRun.of(peer, "submit", bad, "--dry-run"),
            CommandRun.of(peer, "plan", "explain", bad),
        }) {
            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.err())
                    .startsWith("BAD_PLAN  " + bad + " has one error")
                    .contains(bad + ":5  slotMap.shop-1");
        }
        CommandRun register = CommandRun.of(peer, "keyspace", "register", badKeyspace, "--json");
        assertThat(register.exitCode()).isEqualTo(3);
        assertThat(register.out())
                .contains("\"code\":\"BAD_KEYSPACE\"", "\"field\":\"shards.shop-0.url\"", "\"line\":5")
                .doesNotContain("geheim");
        assertThat(peer.requests()).isEmpty();
    }

    @Test
    void explainsThePlan() {
        peer.on(DRY_RUN, json(200, REPORT.formatted("WARN")), json(200, REPORT.formatted("FAIL")));
        peer.on("GET /api/v1/keyspaces/shop", json(200, "{\"slots\": 1024, \"slotMap\": {\"shop-0\": \"0-1023\"}}"));

        CommandRun run = CommandRun.of(peer, "plan", "explain", plan);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                        shop-1-to-2  keyspace shop
                        split, 1 to 2 shards: 512 of 1024 slots move
                          shop-0 -> shop-1: 512 slots, 0-511

                        groups, handed over one by one
                          GROUP  SLOTS  FROM    TO
                          0      0      shop-0  shop-1  the canary
                          1      1-511  shop-0  shop-1

                        steps
                            1  PREPARE          run every check
                               gate backfill: waits for shardshift advance shop-1-to-2
                            2  BACKFILL         copy the rows
                            3  STOP_OLD_WRITES  hand over the first group, the canary
                            4  STOP_OLD_WRITES  hand over the other groups, one by one
                               gate complete: waits for shardshift complete shop-1-to-2
                            5  COMPLETE         the old shards give their slots up: from here there is no rollback
                            6  A_LATER_STEP

                        preflight  0 failed, 1 warn, 1 passed
                          WARN  primary-keys  orders
                                NO_PRIMARY_KEY  orders has none
                                  remedy  add one
                        The plan can be submitted. Nothing has changed.
                        """);
        CommandRun failing = CommandRun.of(peer, "submit", plan, "--dry-run");
        assertThat(failing.exitCode()).isEqualTo(3);
        assertThat(failing.out())
                .contains("preflight  1 failed, 0 warn, 1 passed", "  FAIL  primary-keys")
                .endsWith("Submitted now, the plan would be refused. Nothing has changed.\n");
        assertThat(CommandRun.of(peer, "submit", plan, "--dry-run", "--json").exitCode())
                .isEqualTo(3);
        assertThat(peer.count(SUBMIT)).isZero();
    }

    @Test
    void explainPassesOnWhatIsNotAMistakeInTheFile() {
        peer.on(DRY_RUN, json(409, "{\"code\": \"KEYSPACE_BUSY\", \"detail\": \"another migration is under way\"}"));

        assertThat(CommandRun.of(peer, "plan", "explain", plan))
                .isEqualTo(new CommandRun(3, "", "KEYSPACE_BUSY  another migration is under way\n"));
    }

    @Test
    void refusesFilesThatAreNotWhatTheCommandTakes() throws IOException {
        String broken = write("broken.yaml", "migration: a\nkeyspace: [\n");
        String other = write("other.yaml", "apiVersion: v1\n");
        String binary = Files.write(dir.resolve("binary"), new byte[] {(byte) 0xff, 0, 1})
                .toString();

        assertThat(CommandRun.of(peer, "submit", keyspace).exitCode()).isEqualTo(2);
        assertThat(CommandRun.of(peer, "keyspace", "register", plan).err()).contains("shardshift submit " + plan);
        CommandRun missing =
                CommandRun.of(peer, "submit", dir.resolve("missing").toString());
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err()).contains("why     there is no such file");
        assertThat(CommandRun.of(peer, "plan", "validate", dir.toString()).err())
                .contains("it is a directory");
        CommandRun notText = CommandRun.of(peer, "plan", "validate", binary);
        assertThat(notText.exitCode()).isEqualTo(2);
        assertThat(notText.err()).contains("not text in UTF-8");
        CommandRun notYaml = CommandRun.of(peer, "plan", "validate", broken);
        assertThat(notYaml.exitCode()).isEqualTo(3);
        assertThat(notYaml.err()).contains(broken + ":3  (file): expected YAML or JSON");
        CommandRun neither = CommandRun.of(peer, "submit", other);
        assertThat(neither.exitCode()).isEqualTo(3);
        assertThat(neither.err()).startsWith("FILE_NOT_RECOGNISED");
        assertThat(peer.requests()).isEmpty();
    }
}
