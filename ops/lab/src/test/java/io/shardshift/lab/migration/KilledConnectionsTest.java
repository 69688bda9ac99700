package io.shardshift.lab.migration;

import io.shardshift.controller.resources.Command;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A whole migration while connections of agents, copiers, appliers, streams and fence changes are killed at random: [1][4][6][28].
 * A commit that was lost may have taken effect or not; nothing else may be uncertain.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // of which one run takes about half a minute
class KilledConnectionsTest {
    /** Often enough to hit each stage in a few runs, seldom enough that a hand-off gets through. */
    private static final long MILLIS_BETWEEN_KILLS = 100;

    static LongStream seeds() {
        return Seeds.all();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aConnectionMayEndAnywhere(long seed) throws Exception {
        ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor();
        try (Scene scene = new Scene(seed);
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            scene.writers.connectionsAreKilled();
            Random random = new Random(seed);
            Operator operator = new Operator(controller::controller, "killed").submit(scene.shop);
            operator.awaitGate("DUAL_WRITE"); // what fails before it fails the migration, which has moved nothing
            killer.scheduleAtFixedRate(() -> kill(scene, random), 0, MILLIS_BETWEEN_KILLS, TimeUnit.MILLISECONDS);
            for (String gate : WholeMigrationTest.GATES) {
                operator.awaitGate(gate);
                scene.stay();
                if (!gate.equals("COMPLETE")) {
                    operator.command(Command.ADVANCE);
                }
            }
            boolean back = random.nextBoolean();
            operator.command(back ? Command.ROLLBACK : Command.COMPLETE);
            operator.awaitEnd(back ? "ROLLED_BACK" : "COMPLETED");
            killer.shutdown();
            scene.stay();
            scene.ownersHold(!back);
        } finally {
            killer.shutdownNow();
        }
    }

    private static void kill(Scene scene, Random random) {
        try {
            scene.shop.killAConnection(random);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
