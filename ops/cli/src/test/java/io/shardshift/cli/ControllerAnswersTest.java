package io.shardshift.cli;

import static io.shardshift.cli.ControllerPeer.answer;
import static io.shardshift.cli.ControllerPeer.hangUp;
import static io.shardshift.cli.ControllerPeer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of answer, and none, makes of a command. */
class ControllerAnswersTest {
    private static final String COMMANDS = "POST /api/v1/migrations/shop-1-to-2/";
    private static final String DONE = "{\"name\": \"shop-1-to-2\", \"phase\": \"BACKFILL\", \"state\": \"RUNNING\"}";

    private final ControllerPeer peer = new ControllerPeer();

    @AfterEach
    void close() {
        peer.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"advance", "pause", "resume", "rollback", "complete", "purge"})
    void steersAMigration(String verb) {
        peer.on(COMMANDS + verb, json(200, DONE));

        CommandRun run = CommandRun.of(peer, verb, "shop-1-to-2");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("shop-1-to-2  BACKFILL  RUNNING  moved unknown of unknown");
        assertThat(CommandRun.of(peer, "--json", verb, "shop-1-to-2").out()).isEqualTo(DONE + "\n");
        assertThat(CommandRun.of(peer, verb).exitCode()).isEqualTo(2);
    }

    @Test
    void forgetsAMigrationThatHasEnded() {
        peer.on("DELETE /api/v1/migrations/shop-1-to-2", answer(204, "application/json", ""));

        assertThat(CommandRun.of(peer, "forget", "shop-1-to-2"))
                .isEqualTo(new CommandRun(0, "shop-1-to-2 is forgotten\n", ""));
        assertThat(peer.count("DELETE /api/v1/migrations/shop-1-to-2")).isEqualTo(1);
    }

    @Test
    void aRefusalIsShownWithItsRemedyAndEndsWith3() {
        String problem = "{\"code\": \"NOTHING_TO_ADVANCE\", \"title\": \"No gate is closed\", \"status\": 409,"
                + " \"detail\": \"shop-1-to-2 is in BACKFILL\", \"remedy\": \"wait for it\"}";
        peer.on(COMMANDS + "advance", json(409, problem));

        String report = """
                NOTHING_TO_ADVANCE  No gate is closed
                  why     shop-1-to-2 is in BACKFILL
                  remedy  wait for it
                """;
        assertThat(CommandRun.of(peer, "advance", "shop-1-to-2")).isEqualTo(new CommandRun(3, "", report));
        assertThat(CommandRun.of(peer, "advance", "shop-1-to-2", "--json"))
                .isEqualTo(new CommandRun(3, problem + "\n", report));
    }

    @Test
    void sendsTheTokenOfTheEnvironment() {
        peer.on("GET /api/v1/migrations", json(401, ""), json(200, "[]"));

        CommandRun without = CommandRun.of(peer, "status");
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.err()).contains("HTTP_401", "SHARDSHIFT_TOKEN");
        CommandRun with = CommandRun.of(
                Map.of("SHARDSHIFT_URL", peer.url() + "/", "SHARDSHIFT_TOKEN", "sesame\n"), false, "status");
        assertThat(with).isEqualTo(new CommandRun(0, "no migrations\n", ""));
        assertThat(peer.requests().get(0).token()).isNull();
        assertThat(peer.requests().get(1).token()).isEqualTo("Bearer sesame");
    }

    @Test
    void whatIsNotKnownEndsWith1() {
        String unknown = "{\"code\": \"MIGRATION_UNKNOWN\", \"title\": \"No migration nope.\", \"status\": 404,"
                + " \"detail\": \"No migration nope.\", \"remedy\": \"GET /api/v1/migrations lists them\", \"errors\":"
                + " []}";
        peer.on("GET /api/v1/migrations/nope", json(404, unknown));

        String report = "MIGRATION_UNKNOWN  No migration nope.\n  remedy  shardshift status lists all\n";
        assertThat(CommandRun.of(peer, "status", "nope")).isEqualTo(new CommandRun(1, "", report));
        assertThat(CommandRun.of(peer, "status", "nope", "--watch", "--json"))
                .isEqualTo(new CommandRun(1, unknown + "\n", report));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "../x", "a/b", "", "x\ny"})
    void whatCannotBeANameIsAMistakeOfUse(String name) {
        assertThat(CommandRun.of(peer, "keyspace", "show", name).exitCode()).isEqualTo(2);
        assertThat(CommandRun.of(peer, "agents", name).exitCode()).isEqualTo(2);
        assertThat(CommandRun.of(peer, "status", name).exitCode()).isEqualTo(2);
        assertThat(CommandRun.of(peer, "rollback", name).err()).contains("migration name", "Usage:");
        assertThat(peer.requests()).isEmpty();
    }

    @Test
    void aTokenThatCannotBeOneIsNotShown() {
        CommandRun run = CommandRun.of(
                Map.of("SHARDSHIFT_URL", peer.url(), "SHARDSHIFT_TOKEN", "geheim\nX: y"), false, "status");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("BAD_TOKEN").doesNotContain("geheim");
        CommandRun inUrl = CommandRun.of(Map.of("SHARDSHIFT_URL", "http://me:geheim@127.0.0.1:1"), false, "status");
        assertThat(inUrl.exitCode()).isEqualTo(2);
        assertThat(inUrl.err()).startsWith("BAD_URL").doesNotContain("geheim");
        assertThat(peer.requests()).isEmpty();
    }

    @Test
    void aShardThatIsAwayIsNotAControllerThatIsAway() {
        peer.on(
                COMMANDS + "pause",
                json(503, "{\"code\": \"SHARD_UNREACHABLE\", \"title\": \"Shard shop-1 cannot be prepared\"}"));

        assertThat(CommandRun.of(peer, "pause", "shop-1-to-2").exitCode()).isEqualTo(1);
        assertThat(peer.requests()).hasSize(1);
    }

    @Test
    void whatMayHaveBeenTakenIsNotSentAgain() {
        peer.on(
                COMMANDS + "advance",
                json(503, "{\"code\": \"STORE_UNREACHABLE\", \"title\": \"ADVANCE was not taken within 5 s\"}"),
                json(200, DONE));

        assertThat(CommandRun.of(peer, "advance", "shop-1-to-2").exitCode()).isEqualTo(5);
        assertThat(peer.requests()).hasSize(1);
    }

    @Test
    void anotherServiceIsNotAController() {
        peer.on("GET /api/v1/migrations", answer(404, "text/html", "<html>"));

        CommandRun run = CommandRun.of(peer, "status");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("NOT_A_CONTROLLER");
    }

    @Test
    void anAnswerThatIsNotJsonIsNotAController() {
        peer.on("GET /api/v1/migrations", answer(200, "text/html", "<html>"));

        CommandRun run = CommandRun.of(peer, "status");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("NOT_A_CONTROLLER", peer.url());
    }

    @Test
    void whereNobodyListensItEndsWith5() {
        String url = peer.url();
        peer.close();

        CommandRun run = CommandRun.of(Map.of("SHARDSHIFT_URL", url), false, "status", "--json");

        assertThat(run.exitCode()).isEqualTo(5);
        assertThat(run.out()).startsWith("{\"code\":\"CONTROLLER_UNREACHABLE\"");
        assertThat(run.err()).startsWith("CONTROLLER_UNREACHABLE  No controller answers at " + url);
    }

    @Test
    void aControllerThatIsAwayIsAskedAgainButNotForEver() {
        String away = "{\"code\": \"NO_LEADER\", \"title\": \"No leader at present\"}";
        peer.on(COMMANDS + "advance", json(503, away), json(200, DONE));
        peer.on("GET /api/v1/migrations", json(503, away));

        assertThat(CommandRun.of(peer, "advance", "shop-1-to-2").exitCode()).isZero();
        CommandRun run = CommandRun.of(peer, "status");
        assertThat(run).isEqualTo(new CommandRun(5, "", "NO_LEADER  No leader at present\n"));
        assertThat(peer.count("GET /api/v1/migrations")).isGreaterThan(1);
    }

    @Test
    void afterALostAnswerOnlyWhatIsHarmlessIsSentAgain() {
        peer.on(COMMANDS + "pause", hangUp(), json(200, DONE));
        peer.on(COMMANDS + "advance", hangUp(), json(200, DONE));

        assertThat(CommandRun.of(peer, "pause", "shop-1-to-2").exitCode()).isZero();
        CommandRun advance = CommandRun.of(peer, "advance", "shop-1-to-2");
        assertThat(advance.exitCode()).isEqualTo(5);
        assertThat(advance.err()).startsWith("OUTCOME_UNKNOWN");
        assertThat(peer.count(COMMANDS + "advance")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"controller:8080", "ftp://controller", "http://a b", "http:///x"})
    void aUrlThatIsNoneIsAMistakeOfUse(String url) {
        assertThat(CommandRun.of(Map.of("SHARDSHIFT_URL", url), false, "status").exitCode())
                .isEqualTo(2);
    }

    @Test
    void mistakesOfUseEndWith2AndHelpWith0() {
        assertThat(CommandRun.of(peer).exitCode()).isEqualTo(2);
        assertThat(CommandRun.of(peer, "plan").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of(peer, "stauts").err()).contains("status");
        assertThat(CommandRun.of(peer, "status", "--watch").exitCode()).isEqualTo(2);
        assertThat(CommandRun.of(peer, "status", "x", "--timeout", "60").err()).contains("250ms, 60s");
        assertThat(CommandRun.of(peer, "advance", "--help").exitCode()).isZero();
        assertThat(CommandRun.of(peer, "--help").out()).contains("SHARDSHIFT_TOKEN", "rollback", "agents");
        assertThat(peer.requests()).isEmpty();
    }
}
