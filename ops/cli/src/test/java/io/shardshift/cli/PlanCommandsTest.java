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
                        {"field": null, "line": null, "message": "slots 3-5 have two owners", "suggestion": null}]}""";
    private static final String REPORT = """
            {"preflight": [{"severity": "PASS", "check": "row-image-is-full", "subject": "shop-0", "problem": null},
                           {"severity": "%s", "check": "primary-keys", "subject": "orders",
                            "problem": {"code": "NO_PRIMARY_KEY", "what": "orders has none", "remedy": "add one"}}],
             "steps": ["start the stream of shop-0", {"phase": "DUAL_WRITE", "does": "mirror writes", "group": null}]}""";

    private final ControllerPeer peer = new ControllerPeer();

    @TempDir
    private Path dir;

    private String plan = "";
    private String keyspace = "";

    @BeforeEach
    void writeFiles() throws IOException {
        plan = write("plan.yaml", "# a comment\nkeyspace: shop\nmigration: shop-1-to-2\nslotMap: {shop-1: 0-511}\n");
        keyspace = write("keyspace.yaml", "keyspace: shop\nslots: 1024\n");
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
        assertThat(peer.requests().get(0).body()).isEqualTo("keyspace: shop\nslots: 1024\n");
        assertThat(peer.requests().get(0).type()).isEqualTo("application/yaml");
    }

    @Test
    void submitsAPlan() throws IOException {
        peer.on(SUBMIT, json(201, "{\"name\": \"shop-1-to-2\"}\n"), json(200, "{\"name\":  \"shop-1-to-2\"}"));
        String asJson = write("plan.json", "{\"migration\": \"shop-1-to-2\", \"keyspace\": \"shop\"}");

        assertThat(CommandRun.of(peer, "submit", plan))
                .isEqualTo(new CommandRun(0, "shop-1-to-2 is submitted; see: shardshift status shop-1-to-2\n", ""));
        assertThat(CommandRun.of(peer, "submit", asJson, "--json"))
                .isEqualTo(new CommandRun(0, "{\"name\":  \"shop-1-to-2\"}\n", ""));
        assertThat(CommandRun.of(peer, "submit", plan).out()).contains("was submitted before");
        assertThat(peer.requests().get(1).type()).isEqualTo("application/json");
    }

    @Test
    void aBadPlanIsRefusedWithEachMistake() {
        peer.on(SUBMIT, json(422, BAD_PLAN));

        CommandRun run = CommandRun.of(peer, "submit", plan);

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("""
                        BAD_PLAN  The plan cannot be carried out
                          why     2 mistakes
                          FILE:12  slotMap.shop-9: not a shard of shop; suggestion: shop-1
                          FILE  slots 3-5 have two owners
                          remedy  mend the file and submit it again
                        """.replace("FILE", plan));
    }

    @Test
    void validatePrintsTheMistakesAlone() {
        peer.on(DRY_RUN, json(422, BAD_PLAN), json(422, BAD_PLAN), json(200, REPORT));

        CommandRun bad = CommandRun.of(peer, "plan", "validate", plan);
        assertThat(bad.exitCode()).isEqualTo(3);
        assertThat(bad.err())
                .isEqualTo(plan + ":12  slotMap.shop-9: not a shard of shop; suggestion: shop-1\n" + plan
                        + "  slots 3-5 have two owners\n");
        CommandRun asJson = CommandRun.of(peer, "plan", "validate", plan, "--json");
        assertThat(asJson.exitCode()).isEqualTo(3);
        assertThat(asJson.out()).contains("\"valid\":false", "\"line\":12", "\"suggestion\":\"shop-1\"");
        assertThat(CommandRun.of(peer, "plan", "validate", plan))
                .isEqualTo(new CommandRun(0, plan + " is valid\n", ""));
    }

    @Test
    void validatePassesOnWhatIsNotAMistakeInTheFile() {
        peer.on(DRY_RUN, json(409, "{\"code\": \"NAME_TAKEN\", \"detail\": \"another plan has this name\"}"));

        assertThat(CommandRun.of(peer, "plan", "validate", plan))
                .isEqualTo(new CommandRun(3, "", "NAME_TAKEN  another plan has this name\n"));
    }

    @Test
    void explainsThePlan() {
        peer.on(DRY_RUN, json(200, REPORT.formatted("WARN")), json(200, REPORT.formatted("FAIL")));

        CommandRun run = CommandRun.of(peer, "plan", "explain", plan);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo("""
                        preflight
                          PASS  row-image-is-full  shop-0
                          WARN  primary-keys  orders
                                NO_PRIMARY_KEY  orders has none
                                  remedy  add one
                        steps
                            1  start the stream of shop-0
                            2  DUAL_WRITE  mirror writes
                        nothing has changed
                        """);
        assertThat(CommandRun.of(peer, "submit", plan, "--dry-run").exitCode()).isEqualTo(3);
        assertThat(peer.count(SUBMIT)).isZero();
    }

    @Test
    void refusesFilesThatAreNotWhatTheCommandTakes() throws IOException {
        String broken = write("broken.yaml", "migration: a\nkeyspace: [\n");
        String other = write("other.yaml", "apiVersion: v1\n");

        assertThat(CommandRun.of(peer, "submit", keyspace).exitCode()).isEqualTo(2);
        assertThat(CommandRun.of(peer, "keyspace", "register", plan).err()).contains("shardshift submit " + plan);
        assertThat(CommandRun.of(peer, "submit", dir.resolve("missing").toString())
                        .exitCode())
                .isEqualTo(2);
        CommandRun notYaml = CommandRun.of(peer, "plan", "validate", broken);
        assertThat(notYaml.exitCode()).isEqualTo(3);
        assertThat(notYaml.err()).startsWith("FILE_NOT_YAML  " + broken + ":3 is not YAML.");
        assertThat(CommandRun.of(peer, "submit", other).err()).startsWith("FILE_NOT_RECOGNISED");
        assertThat(peer.requests()).isEmpty();
    }
}
