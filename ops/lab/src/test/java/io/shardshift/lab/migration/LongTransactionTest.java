package io.shardshift.lab.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.controller.resources.Command;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A transaction that keeps a hand-off past its deadline: the group is taken back, and given when it has ended; both ways. */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // of which one run takes about half a minute
class LongTransactionTest {
    /** No writer's user; its slot is of the group after the canary. */
    private static final long USER = 101;

    @Test
    void theHandOffWaitsForItAndWritersGoOn() throws Exception { // [1]
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator operator = new Operator(controller::controller, "slow").submit(scene.shop);
            for (String gate : List.of("DUAL_WRITE", "READ_NEW_FIRST", "BACKFILL", "STOP_OLD_WRITES")) {
                operator.awaitGate(gate);
                operator.command(Command.ADVANCE);
            }
            operator.awaitGate("ALL_GROUPS");
            holdUp(scene, operator, Command.ADVANCE, "s0 1 OWNER_MIRRORING");
            operator.awaitGate("COMPLETE");
            scene.sidesAreEqual();
            assertThat(hits(scene, true)).isEqualTo(1);

            holdUp(scene, operator, Command.ROLLBACK, "s1 1 OWNER");
            operator.awaitEnd("ROLLED_BACK");
            scene.stay();
            scene.ownersHold(false);
            assertThat(hits(scene, false)).isEqualTo(2);
        }
    }

    /** Begins a write, gives the command, and ends the write only when the hand-off was taken back. */
    private static void holdUp(Scene scene, Operator operator, Command command, String fence) throws Exception {
        try (Connection slow = scene.shop.agents(1).get(0).getConnection();
                Statement statement = slow.createStatement()) {
            slow.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO counters (user_id, hits) VALUES (" + USER
                    + ", 1) ON DUPLICATE KEY UPDATE hits = hits + 1");
            operator.command(command);
            operator.awaitBlocked();
            assertThat(scene.shop.fences("slow")).contains(fence);
            scene.stay();
            slow.commit();
        }
    }

    private static long hits(Scene scene, boolean moved) throws SQLException {
        try (Connection owner = scene.shop.connect(USER, moved);
                Statement statement = owner.createStatement();
                ResultSet result = statement.executeQuery("SELECT hits FROM counters WHERE user_id = " + USER)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }
}
