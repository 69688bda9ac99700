package io.shardshift.lab.migration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.cluster.TestCluster;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.migration.Step;
import io.shardshift.controller.resources.Command;
import io.shardshift.coordination.Operation;
import io.shardshift.shard.Credentials;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every crash, at any durable step, is taken over from durable state, under writers that lose nothing: invariants 1 and 7. */
@Timeout(value = 10, unit = TimeUnit.MINUTES) // of which one run takes about half a minute
class TakeOverTest {
    static final String MIGRATION = "moved";
    /** A controller makes about a hundred writes in a whole migration. */
    private static final int MOST_WRITES = 40;

    private static final int CALLS_TO_ONE_LOST = 40;

    /** Every step of a migration that nothing goes wrong in. */
    private static final List<Step> FORWARD = List.of(
            Step.PREFLIGHT,
            Step.TARGET_TABLES,
            Step.STREAMS,
            Step.FENCES,
            Step.FENCED_ROUTES,
            Step.OLD_FENCES,
            Step.MIRRORING,
            Step.MIRRORING_PASSED,
            Step.POINT_READS,
            Step.COPY,
            Step.CATCH_UP,
            Step.VERIFY,
            Step.AUTO_INCREMENT,
            Step.ALL_READS,
            Step.HANDOFF_CANARY,
            Step.HANDOFF_REST,
            Step.VACATE_SOURCES,
            Step.FINAL_ROUTES);

    static LongStream seeds() {
        return Seeds.all();
    }

    /** Whether the write records that the migration is in {@code step} from now on. */
    static Predicate<List<Operation>> records(Step step) {
        String node = ZnodePaths.state(new MigrationName(MIGRATION));
        return operations ->
                operations.stream().anyMatch(operation -> operation.path().equals(node) && step == recorded(operation));
    }

    private static Step recorded(Operation operation) {
        byte[] data = operation instanceof Operation.Set set ? set.data() : ((Operation.Create) operation).data();
        return Json.read(data, MigrationState.class).step();
    }

    @Test
    void aControllerDiesAtEachStepForward() throws Exception {
        try (Scene scene = new Scene(Seeds.one())) {
            for (Step step : FORWARD) {
                dieAt(scene, records(step), false);
            }
            try (ControllerHere last = ControllerHere.start(scene.shop.credentials())) {
                Operator operator = new Operator(last::controller, MIGRATION);
                operator.followToTheEnd(() -> {});
                operator.awaitEnd("COMPLETED");
                scene.stay();
                scene.ownersHold(true);
            }
        }
    }

    @Test
    void aControllerDiesAtEachStepOfTheWayBack() throws Exception {
        try (Scene scene = new Scene(Seeds.one())) {
            try (ControllerHere first = ControllerHere.start(scene.shop.credentials())) {
                goToTheLastGate(scene, first);
            }
            for (Step step : List.of(Step.HAND_BACK, Step.READS_BACK, Step.STOP_MIRRORING, Step.ROLLBACK_ROUTES)) {
                dieAt(scene, records(step), true);
            }
            try (ControllerHere last = ControllerHere.start(scene.shop.credentials())) {
                Operator operator = new Operator(last::controller, MIGRATION);
                operator.awaitEnd("ROLLED_BACK");
                scene.stay();
                scene.ownersHold(false);
            }
        }
    }

    /** Nothing is to be done at a gate, but the mirrors are to be kept equal however long it is closed: invariant 3. */
    @Test
    void theNextLeaderKeepsTheOldShardEqualAtAGate() throws Exception {
        try (Scene scene = new Scene(Seeds.one())) {
            try (ControllerHere first = ControllerHere.start(scene.shop.credentials())) {
                goToTheLastGate(scene, first);
            }
            try (ControllerHere next = ControllerHere.start(scene.shop.credentials())) {
                Operator operator = new Operator(next::controller, MIGRATION);
                operator.awaitGate("COMPLETE");
                figuresAreKnown(next);
                scene.stay();
                scene.sidesAreEqual();
                operator.command(Command.ROLLBACK);
                operator.awaitEnd("ROLLED_BACK");
                scene.stay();
                scene.ownersHold(false);
            }
        }
    }

    /** It has neither copied nor compared anything itself. */
    private static void figuresAreKnown(ControllerHere controller) {
        Awaitility.await("figures of the leader before")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> {
                    JsonNode status = controller.controller().status(MIGRATION);
                    assertThat(status.path("copy").path("done").asBoolean()).isTrue();
                    assertThat(status.path("copy").path("rows").asLong()).isPositive();
                    assertThat(status.path("copy").path("averageRowsPerSecond").asLong())
                            .isPositive();
                    assertThat(status.path("verification").path("rowsCompared").asLong())
                            .isPositive();
                });
    }

    private static void goToTheLastGate(Scene scene, ControllerHere controller) {
        Operator operator = new Operator(controller::controller, MIGRATION).submit(scene.shop);
        for (String gate : WholeMigrationTest.GATES) {
            operator.awaitGate(gate);
            if (!gate.equals("COMPLETE")) {
                operator.command(Command.ADVANCE);
            }
        }
        scene.stay();
    }

    /** Waits until the controller is cut off, with nothing done by an operator. */
    static void awaitCut(ControllerHere controller) {
        Awaitility.await("a write to be cut off at")
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(controller::isCut);
    }

    /** Leads until the chosen write, then dies there. */
    private static void dieAt(Scene scene, Predicate<List<Operation>> last, boolean back) throws Exception {
        ControllerHere controller = ControllerHere.start(scene.shop.credentials(), last);
        try {
            boolean ended = steerUntilCut(scene, controller, back);
            assertThat(ended).as("the migration ended without that write").isFalse();
        } finally {
            controller.die();
        }
    }

    /** Submits, opens gates or rolls back, until the controller is cut off or the migration has ended; true for the latter. */
    private static boolean steerUntilCut(Scene scene, ControllerHere controller, boolean back) {
        Operator operator = new Operator(controller::controller, MIGRATION);
        Awaitility.await("a write to be cut off at")
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> controller.isCut() || operator.getsOn(scene.shop, back));
        return !controller.isCut();
    }

    /**
     * Controllers one after the other, each cut off from ZooKeeper after some write; it goes on at the shards as long as it can,
     * while the next one leads already.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void anyWriteMayBeTheLast(long seed) throws Exception {
        Random random = new Random(seed);
        boolean back = random.nextBoolean();
        try (Scene scene = new Scene(seed)) {
            ControllerHere before = null;
            ControllerHere now = null;
            try {
                boolean ended = false;
                while (!ended) {
                    AtomicInteger left = new AtomicInteger(1 + random.nextInt(MOST_WRITES));
                    before = now;
                    now = ControllerHere.start(scene.shop.credentials(), any -> left.decrementAndGet() == 0);
                    ended = steerUntilCut(scene, now, back && scene.shop.hasHandedOver(MIGRATION));
                    if (before != null) {
                        before.close();
                    }
                }
                scene.stay();
                scene.ownersHold(!back);
            } finally {
                if (now != null) {
                    now.close();
                }
            }
        }
    }

    /** ZooKeeper's connection is lost now and then, its session never: the leader goes on leading. */
    @ParameterizedTest
    @MethodSource("seeds")
    void answersOfZooKeeperAreLost(long seed) throws Exception {
        Random random = new Random(seed);
        boolean back = random.nextBoolean();
        FlakyCoordination flaky = new FlakyCoordination(ControllerHere.connect(), random);
        try (Scene scene = new Scene(seed);
                ControllerHere controller = ControllerHere.startBehind(scene.shop.credentials(), flaky)) {
            Operator operator = new Operator(controller::controller, MIGRATION).submit(scene.shop);
            flaky.loseOneIn(CALLS_TO_ONE_LOST);
            Awaitility.await("the end")
                    .atMost(Duration.ofSeconds(90))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> operator.getsOn(scene.shop, back && scene.shop.hasHandedOver(MIGRATION)));
            scene.stay();
            scene.ownersHold(!back);
        }
    }

    @Test
    void theStandbyTakesOverWhenTheLeadersSessionIsLost() throws Exception {
        try (Scene scene = new Scene(Seeds.one());
                Partition partition = new Partition(TestCluster.zookeeper().connectString())) {
            Credentials credentials = scene.shop.credentials();
            try (ControllerHere first = ControllerHere.start(credentials, partition.connectString())) {
                Awaitility.await().until(() -> first.controller().leads());
                try (ControllerHere second = ControllerHere.start(credentials)) {
                    Operator operator = new Operator(first::controller, MIGRATION).submit(scene.shop);
                    operator.awaitGate("DUAL_WRITE");
                    operator.command(Command.ADVANCE);
                    operator.awaitGate("READ_NEW_FIRST");
                    assertThat(second.controller().leads()).isFalse();

                    partition.cut();
                    // session time-out 4 s, and a look every 0.5 s; the rest is for a busy machine
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(8))
                            .until(() -> second.controller().leads());
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(8))
                            .until(() -> !first.controller().leads());
                    partition.heal();
                    new Operator(second::controller, MIGRATION)
                            .followToTheEnd(
                                    () -> assertThat(first.controller().leads()).isFalse());
                    scene.stay();
                    scene.ownersHold(true);
                }
            }
        }
    }
}
