package io.shardshift.lab.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.plan.MigrationPlan.Backfill;
import io.shardshift.controller.resources.Command;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random statements through several agents while a migration goes through all phases and back: invariants 1, 3, 4, 5, 6. */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // of which one run takes about ten seconds
class WholeMigrationTest {
    /** In order; a migration waits at each before the phase that it names. */
    static final List<String> GATES =
            List.of("DUAL_WRITE", "READ_NEW_FIRST", "BACKFILL", "STOP_OLD_WRITES", "ALL_GROUPS", "COMPLETE");

    static LongStream seeds() {
        return Seeds.all();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void forwardThroughAllPhases(long seed) throws Exception {
        try (Scene scene = new Scene(seed);
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "forward").submit(scene.shop);
            goThrough(GATES, scene, operator);
            operator.command(Command.COMPLETE);
            operator.awaitEnd("COMPLETED");
            scene.stay();
            scene.ownersHold(true);
            assertThat(scene.shop.fences("forward"))
                    .filteredOn(fence -> fence.endsWith(" VACANT"))
                    .allMatch(fence -> fence.startsWith("s0 "))
                    .hasSize(4);
        }
    }

    @Test
    void backfilledByTheStream() throws Exception {
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "named", Backfill.STREAM).submit(scene.shop);
            goThrough(GATES, scene, operator);
            assertThat(scene.shop.signals()).isPositive();
            operator.command(Command.COMPLETE);
            operator.awaitEnd("COMPLETED");
            scene.stay();
            scene.ownersHold(true);
        }
    }

    /** Goes through the gates up to the last, where it waits; stays and checks at each. */
    private static void goThrough(List<String> gates, Scene scene, Operator operator) throws Exception {
        for (int i = 0; i < gates.size(); i++) {
            if (i > 0) {
                operator.command(Command.ADVANCE);
            }
            operator.awaitGate(gates.get(i));
            scene.anotherAgent(i % Scene.AGENTS);
            scene.stay();
            switch (gates.get(i)) {
                case "READ_NEW_FIRST", "BACKFILL" -> scene.mirroredRowsAreEqual();
                case "STOP_OLD_WRITES", "ALL_GROUPS", "COMPLETE" -> scene.sidesAreEqual();
                default -> {} // before the first phase nothing is mirrored
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DUAL_WRITE", "READ_NEW_FIRST", "BACKFILL", "STOP_OLD_WRITES", "ALL_GROUPS", "COMPLETE"})
    void rolledBackFromTheGateBefore(String gate) throws Exception {
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "back").submit(scene.shop);
            goThrough(GATES.subList(0, GATES.indexOf(gate) + 1), scene, operator);
            operator.command(Command.ROLLBACK);
            operator.awaitEnd("ROLLED_BACK");
            scene.stay();
            scene.ownersHold(false);

            // [34][37] forward again: what the first try left at the new shards is neither seen nor in the way
            Operator again = new Operator(controller::controller, "again").submit(scene.shop);
            goThrough(GATES, scene, again);
            again.command(Command.COMPLETE);
            again.awaitEnd("COMPLETED");
            scene.stay();
            scene.ownersHold(true);
        }
    }
}
