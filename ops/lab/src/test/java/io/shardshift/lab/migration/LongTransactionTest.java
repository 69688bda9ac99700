package io.shardshift.lab.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
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
    /** A writer that waits for so long gets an error. */
    private static final long WRITE_TIMEOUT_MILLIS = 10_000;

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
            holdUp(scene, operator, Command.ADVANCE, "transaction open", "s0 1 OWNER_MIRRORING");
            operator.awaitGate("COMPLETE");
            scene.sidesAreEqual();
            assertThat(hits(scene, true)).isEqualTo(1);

            // the last group goes first; its reads follow under the hold, and this transaction keeps its agent from
            // saying so
            holdUp(scene, operator, Command.ROLLBACK, "holds it up", "s1 1 OWNER", "s2 3 OWNER");
            operator.awaitEnd("ROLLED_BACK");
            scene.stay();
            scene.ownersHold(false);
            assertThat(hits(scene, false)).isEqualTo(2);
        }
    }

    @Test
    void theHandOffEndsItWhereThePlanSaysSo() throws Exception {
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            scene.shop.onLongTransaction = "kill";
            Operator operator = new Operator(controller::controller, "kill").submit(scene.shop);
            for (String gate : List.of("DUAL_WRITE", "READ_NEW_FIRST", "BACKFILL", "STOP_OLD_WRITES")) {
                operator.awaitGate(gate);
                operator.command(Command.ADVANCE);
            }
            operator.awaitGate("ALL_GROUPS");
            try (Connection slow = scene.shop.agents(1).get(0).getConnection();
                    Statement statement = slow.createStatement()) {
                slow.setAutoCommit(false);
                statement.executeUpdate("INSERT INTO counters (user_id, hits) VALUES (" + USER + ", 1)");
                operator.command(Command.ADVANCE);
                operator.awaitGate("COMPLETE");
                assertThatThrownBy(slow::commit).isInstanceOf(SQLException.class);
            }
            assertThat(hits(scene, true)).isZero();
            scene.sidesAreEqual();
            assertThat(operator.status()
                            .path("handoff")
                            .path("expectedPauseMillis")
                            .isNumber())
                    .isTrue();
            assertThat(operator.status()
                            .path("handoff")
                            .path("longestPauseMillis")
                            .isNumber())
                    .isTrue();
        }
    }

    /** Begins a write, gives the command, and ends the write only when the hand-off was taken back. */
    private static void holdUp(Scene scene, Operator operator, Command command, String why, String... fences)
            throws Exception {
        try (Connection slow = scene.shop.agents(1).get(0).getConnection();
                Connection another = scene.shop.agents(1).get(0).getConnection();
                Statement statement = slow.createStatement();
                Statement other = another.createStatement()) {
            slow.setAutoCommit(false);
            another.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO counters (user_id, hits) VALUES (" + USER
                    + ", 1) ON DUPLICATE KEY UPDATE hits = hits + 1");
            other.executeUpdate("UPDATE counters SET hits = hits + 1 WHERE user_id = " + (USER + ShopKeyspace.SLOTS));
            operator.command(command);
            // not the first block that comes: on a busy machine the predicted pause may be too long before that
            JsonNode status = operator.awaitBlocked(why);
            assertThat(status.path("nextActor").asText()).isEqualTo("application");
            assertThat(status.path("blockedBy")).isNotEmpty();
            assertThat(status.path("waitingFor").toString())
                    .contains("pid " + ProcessHandle.current().pid(), "counters");
            assertThat(scene.shop.fences("slow")).contains(fences);
            operator.awaitHolders(2);
            scene.stay();
            slow.commit();
            another.rollback();
            assertThat(scene.writers.longestMillis()).isLessThan(WRITE_TIMEOUT_MILLIS);
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
