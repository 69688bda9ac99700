package io.shardshift.lab.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.controller.resources.Command;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a migration left on shards that do not own it goes when an operator says so, and nothing else does. */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // of which one run takes about half a minute
class PurgeTest {
    @Test
    void theMovedRowsGoFromWhereTheyDoNotBelong() throws Exception { // [37][38]
        try (Scene scene = new Scene(Seeds.one());
                ControllerHere controller = ControllerHere.start(scene.shop.credentials())) {
            Operator back = new Operator(controller::controller, "back").submit(scene.shop);
            back.awaitGate("DUAL_WRITE");
            refused(controller, "back", ErrorCode.MIGRATION_RUNNING);
            for (String gate : List.of("READ_NEW_FIRST", "BACKFILL", "STOP_OLD_WRITES")) {
                back.command(Command.ADVANCE);
                back.awaitGate(gate);
            }
            back.command(Command.ROLLBACK);
            back.awaitEnd("ROLLED_BACK");
            assertThat(scene.shop.rowsAtNew()).isNotEmpty();
            back.command(Command.PURGE);
            back.awaitPurged();
            assertThat(scene.shop.rowsAtNew()).isEmpty();
            assertThat(back.status().path("purge").path("rows").asLong()).isPositive();
            scene.ownersHold(false);

            Operator there = new Operator(controller::controller, "there").submit(scene.shop);
            there.followToTheEnd(() -> {});
            refused(controller, "there-is-none", ErrorCode.MIGRATION_UNKNOWN);
            assertThat(scene.shop.rowsAtOld()).isNotEmpty();
            there.command(Command.PURGE);
            there.awaitPurged();
            there.command(Command.PURGE); // repeated: it has taken effect
            assertThat(scene.shop.rowsAtOld()).isEmpty();
            scene.stay();
            scene.ownersHold(true);
        }
    }

    private static void refused(ControllerHere controller, String migration, ErrorCode code) {
        assertThatThrownBy(() -> controller.controller().command(migration, Command.PURGE))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }
}
