package io.shardshift.lab.migration;

import io.shardshift.cluster.TestCluster;
import io.shardshift.controller.resources.Command;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An agent that hears nothing of hand-offs finds its way by the fences alone [23], and reads what it acknowledged [30]. */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // of which one run takes about half a minute
class CutOffAgentTest {
    private static final long ENOUGH = 40;

    @Test
    void writesGoOnThroughHandOffsAndTheEnd() throws Exception {
        try (Partition partition = new Partition(TestCluster.zookeeper().connectString());
                Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            scene.agentBehind(0, partition);
            Operator operator = new Operator(controller::controller, "unheard").submit(scene.shop);
            for (String gate : List.of("DUAL_WRITE", "READ_NEW_FIRST", "BACKFILL")) {
                operator.awaitGate(gate);
                operator.command(Command.ADVANCE);
            }
            operator.awaitGate("STOP_OLD_WRITES");

            partition.cut();
            operator.command(Command.ADVANCE);
            operator.awaitGate("ALL_GROUPS");
            goesOn(scene);
            operator.command(Command.ADVANCE);
            operator.awaitGate("COMPLETE");
            goesOn(scene);
            scene.sidesAreEqual();
            operator.command(Command.COMPLETE);
            operator.awaitEnd("COMPLETED");
            goesOn(scene);
            scene.ownersHold(true);

            partition.heal();
            goesOn(scene);
            scene.ownersHold(true);
        }
    }

    private static void goesOn(Scene scene) {
        long before = scene.writers.turnsThrough(0);
        Awaitility.await("the agent that is cut off gets on")
                .atMost(Duration.ofSeconds(60))
                .until(() -> scene.writers.turnsThrough(0) >= before + ENOUGH);
        scene.stay();
    }
}
