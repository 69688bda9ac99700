package io.shardshift.lab.migration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.controller.migration.Step;
import io.shardshift.controller.resources.Command;
import io.shardshift.lab.model.Writers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A target that fails while agents mirror to it: writes go to the owners alone, then to both again; nothing is lost. */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // of which one run takes about half a minute
class StepBackTest {
    private static final List<String> UP_TO_READS_AT_NEW =
            List.of("DUAL_WRITE", "READ_NEW_FIRST", "BACKFILL", "STOP_OLD_WRITES");

    @Test
    void writesGoOnAloneAndThenToBothAgain() throws Exception { // [24][35]
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "away").submit(scene.shop);
            goTo(operator);
            MysqlServer target = scene.shop.server(1);
            setAll(target, "super_read_only = 1");
            try {
                operator.awaitStep(Step.AWAIT_TARGET);
                assertThat(scene.shop.fencesAt(0, "away")).allMatch(fence -> fence.endsWith(" OWNER"));
                scene.stay();
                operator.awaitBlocked();
                JsonNode status = operator.status();
                assertThat(status.path("nextActor").asText()).isEqualTo("operator");
                assertThat(status.path("waitingFor").path("message").asText()).contains("s1");
                assertThat(status.path("waitingFor").path("since").asText()).isNotEmpty();
            } finally {
                setAll(target, "super_read_only = 0", "read_only = 0");
            }
            operator.awaitGate("STOP_OLD_WRITES"); // where it was; gates that were passed are not met again
            scene.stay();
            scene.sidesAreEqual();
            for (String gate : List.of("ALL_GROUPS", "COMPLETE")) {
                operator.command(Command.ADVANCE);
                operator.awaitGate(gate);
            }
            operator.command(Command.COMPLETE);
            operator.awaitEnd("COMPLETED");
            scene.ownersHold(true);
        }
    }

    /** In phase 4 nobody is led past a target: it owns what no source has. Status says so, and nothing is lost. */
    @Test
    void aTargetThatOwnsIsWaitedForForwardAndBack() throws Exception {
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "owns").submit(scene.shop);
            goTo(operator);
            operator.command(Command.ADVANCE);
            operator.awaitGate("ALL_GROUPS"); // slot 0 is at s1, slot 1 is mirrored to it
            scene.stay();
            whileReadOnly(scene, () -> {
                operator.command(Command.ADVANCE);
                operator.awaitBlocked();
            });
            operator.awaitGate("COMPLETE");
            scene.stay();
            scene.sidesAreEqual();
            whileReadOnly(scene, () -> {
                operator.awaitBlockedBy("SHARD_UNREACHABLE", "Target s1 takes no writes");
                operator.command(Command.ROLLBACK);
                operator.awaitBlocked();
                assertThat(scene.shop.fencesAt(2, "owns"))
                        .as("still owned")
                        .anyMatch(fence -> fence.endsWith(" OWNER"));
            });
            operator.awaitEnd("ROLLED_BACK");
            scene.stay();
            scene.ownersHold(false);
        }
    }

    /** Writers stand still meanwhile, as they would by themselves. */
    private static void whileReadOnly(Scene scene, Writers.Quiet work) throws Exception {
        scene.writers.quietly(() -> {
            MysqlServer target = scene.shop.server(1);
            setAll(target, "super_read_only = 1");
            try {
                work.run();
            } finally {
                setAll(target, "super_read_only = 0", "read_only = 0");
            }
        });
    }

    private static void setAll(MysqlServer server, String... variables) throws SQLException {
        try (Connection connection = server.connect("");
                Statement statement = connection.createStatement()) {
            for (String variable : variables) {
                statement.execute("SET GLOBAL " + variable);
            }
        }
    }

    private static void goTo(Operator operator) {
        for (String gate : UP_TO_READS_AT_NEW) {
            operator.awaitGate(gate);
            if (!gate.equals("STOP_OLD_WRITES")) {
                operator.command(Command.ADVANCE);
            }
        }
    }
}
