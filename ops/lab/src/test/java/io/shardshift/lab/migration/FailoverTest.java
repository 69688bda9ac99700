package io.shardshift.lab.migration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.controller.migration.Step;
import io.shardshift.controller.resources.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A failover of a shard while it moves [19]: another server answers for it, or it has lost commits. Writers go on at the sources
 * by themselves, an operator is asked, and nothing counts that was copied before.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // of which one run takes about half a minute
class FailoverTest {
    private static Stream<Arguments> forward() {
        return places("BACKFILL 0", "STOP_OLD_WRITES 1", "READ_NEW_FIRST 1", "DUAL_WRITE 0");
    }

    private static Stream<Arguments> back() {
        return places("STOP_OLD_WRITES 0", "READ_NEW_FIRST 0", "BACKFILL 1");
    }

    private static Stream<Arguments> handedBack() {
        return places("COMPLETE 1", "ALL_GROUPS 1", "COMPLETE 0");
    }

    /** Gate and shard; the first alone in the usual build, for each takes a quarter of a minute. */
    private static Stream<Arguments> places(String... all) {
        return Stream.of(all)
                .limit(Boolean.getBoolean("shardshift.long") ? all.length : 1)
                .map(place -> {
                    String[] parts = place.split(" ", 2);
                    return Arguments.of(parts[0], Integer.parseInt(parts[1]));
                });
    }

    @ParameterizedTest
    @MethodSource("forward")
    void goesOnWithAnotherServerInTheShardsPlace(String gate, int shard) throws Exception { // [19][34]
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "anew").submit(scene.shop);
            goTo(gate, scene, operator);
            replace(scene, shard);
            sourcesAlone(scene, operator, "anew", "SERVER_REPLACED", shard);

            operator.command(Command.RESUME);
            operator.awaitGate(gate); // where it was; gates that were passed are not met again
            scene.stay();
            followToTheEnd(gate, scene, operator);
        }
    }

    @ParameterizedTest
    @MethodSource("back")
    void isRolledBackWithAnotherServerInTheShardsPlace(String gate, int shard) throws Exception { // [19]
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "back").submit(scene.shop);
            goTo(gate, scene, operator);
            replace(scene, shard);
            operator.command(Command.ROLLBACK); // whether it was seen already or not
            operator.awaitEnd("ROLLED_BACK");
            scene.stay();
            scene.ownersHold(false);
        }
    }

    /** A target that went back to what it had before its rows were copied: nothing of it may be read. */
    @Test
    void goesOnWithATargetThatLostCommits() throws Exception { // [19][34]
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "lost").submit(scene.shop);
            goTo("STOP_OLD_WRITES", scene, operator);
            scene.writers.quietly(() -> {
                scene.shop.loseCommits(1);
                operator.awaitState("PAUSED"); // before the server has given the same numbers to as many commits again
            });
            sourcesAlone(scene, operator, "lost", "HISTORY_WENT_BACK", 1);

            operator.command(Command.RESUME);
            operator.awaitGate("STOP_OLD_WRITES");
            scene.stay();
            followToTheEnd("STOP_OLD_WRITES", scene, operator);
        }
    }

    /** From phase 4 on a target may own what the source lacks: the way on is back, once all is compared again. */
    @ParameterizedTest
    @MethodSource("handedBack")
    void isHandedBackWithAnotherServerInTheShardsPlace(String gate, int shard) throws Exception { // [19]
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "handed").submit(scene.shop);
            goTo(gate, scene, operator);
            replace(scene, shard);
            JsonNode wait = operator.awaitBlockedBy("SERVER_REPLACED", "s" + shard + " is answered by server");
            assertThat(wait.path("remedy").asText())
                    .contains("from STOP_OLD_WRITES on shardshift rollback handed")
                    .contains("point the url of s" + shard + " back at");
            operator.command(Command.ROLLBACK);
            operator.awaitEnd("ROLLED_BACK");
            assertThat(scene.shop.strangers("handed")).isEmpty();
            scene.stay();
            scene.ownersHold(false);
        }
    }

    /** What the reverse stream had brought to a source is gone there: a hand-back by the stream alone would lose it. */
    @Test
    void isHandedBackToASourceThatLostCommits() throws Exception { // [19]
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "less").submit(scene.shop);
            goTo("COMPLETE", scene, operator);
            scene.writers.quietly(() -> {
                scene.shop.loseCommits(0);
                operator.awaitBlockedBy("HISTORY_WENT_BACK", "s0 ");
                operator.command(Command.ROLLBACK);
                operator.awaitStep(Step.HAND_BACK);
            });
            operator.awaitEnd("ROLLED_BACK");
            scene.stay();
            scene.ownersHold(false);
        }
    }

    /** The next leader finds the migration where it was stopped, and the failover goes on at any of its steps. */
    @Test
    void theNextLeaderGoesOnFromEachStep() throws Exception { // [19]
        try (Scene scene = new Scene(Seeds.one())) {
            ControllerHere first = ControllerHere.start(scene.shop.credentials());
            try {
                Operator operator = new Operator(first::controller, TakeOverTest.MIGRATION).submit(scene.shop);
                goTo("STOP_OLD_WRITES", scene, operator);
                scene.writers.connectionsAreKilled();
            } finally {
                first.close();
            }
            replace(scene, 1);
            for (Step step : List.of(Step.SOURCES_ALONE, Step.BEGIN_AGAIN, Step.OLD_FENCES)) {
                ControllerHere next = ControllerHere.start(scene.shop.credentials(), TakeOverTest.records(step));
                TakeOverTest.awaitCut(next);
                next.die();
            }
            try (ControllerHere last = ControllerHere.start(scene.shop.credentials())) {
                Operator operator = new Operator(last::controller, TakeOverTest.MIGRATION);
                sourcesAlone(scene, operator, TakeOverTest.MIGRATION, "SERVER_REPLACED", 1);
                operator.command(Command.RESUME);
                operator.awaitGate("STOP_OLD_WRITES");
                scene.stay();
                followToTheEnd("STOP_OLD_WRITES", scene, operator);
            }
        }
    }

    private static void goTo(String gate, Scene scene, Operator operator) {
        for (String before : WholeMigrationTest.GATES.subList(0, WholeMigrationTest.GATES.indexOf(gate))) {
            operator.awaitGate(before);
            operator.command(Command.ADVANCE);
        }
        operator.awaitGate(gate);
        scene.stay();
        scene.writers.connectionsAreKilled();
    }

    private static void followToTheEnd(String gate, Scene scene, Operator operator) throws Exception {
        List<String> gates = WholeMigrationTest.GATES;
        for (String next : gates.subList(gates.indexOf(gate) + 1, gates.size())) {
            operator.command(Command.ADVANCE);
            operator.awaitGate(next);
        }
        scene.stay();
        scene.sidesAreEqual();
        operator.command(Command.COMPLETE);
        operator.awaitEnd("COMPLETED");
        scene.stay();
        scene.ownersHold(true);
    }

    /** By itself writers go on at the sources; status says why, and what to do. */
    private static void sourcesAlone(Scene scene, Operator operator, String migration, String code, int shard)
            throws Exception {
        JsonNode status = operator.awaitState("PAUSED");
        assertThat(status.path("phase").asText()).isEqualTo("PREPARE");
        assertThat(status.path("nextActor").asText()).isEqualTo("operator");
        JsonNode waitingFor = status.path("waitingFor");
        assertThat(waitingFor.path("code").asText()).isEqualTo(code);
        assertThat(waitingFor.path("message").asText()).contains("s" + shard, "sources alone");
        assertThat(waitingFor.path("remedy").asText())
                .contains("shardshift resume " + migration, "shardshift rollback " + migration);
        assertThat(scene.shop.fences(migration))
                .allMatch(fence -> fence.endsWith(fence.startsWith("s0 ") ? " OWNER" : " VACANT"))
                .hasSize(8);
        assertThat(scene.shop.strangers(migration))
                .as("fences of another server")
                .isEmpty();
        scene.stay();
        scene.ownersHold(false);
    }

    /** Another server on the shard's port, with all that the one before had committed. */
    private static void replace(Scene scene, int shard) throws IOException, SQLException {
        MysqlServer server = scene.shop.server(shard);
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement()) {
            statement.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
            statement.execute("SET GLOBAL sync_binlog = 1"); // what it acknowledges from now on the next one has
            statement.execute("FLUSH LOGS");
        }
        server.kill();
        Files.delete(server.directory().resolve("data").resolve("auto.cnf"));
        server.restart();
    }
}
