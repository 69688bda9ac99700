package io.shardshift.lab.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.plan.MigrationPlan.Backfill;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.controller.migration.Step;
import io.shardshift.controller.resources.Command;
import io.shardshift.controller.resources.ControlPlane;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Who submits a plan, watches it and opens its gates, at whichever controller leads. */
final class Operator {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> ENDS = List.of("COMPLETED", "ROLLED_BACK", "FAILED");

    private final Supplier<ControlPlane> controller;
    private final String migration;
    private final Backfill backfill;
    private volatile String seen = "nothing";

    Operator(Supplier<ControlPlane> controller, String migration) {
        this(controller, migration, Backfill.COPY);
    }

    Operator(Supplier<ControlPlane> controller, String migration, Backfill backfill) {
        this.controller = controller;
        this.migration = migration;
        this.backfill = backfill;
    }

    /** Registers the keyspace and submits the plan as soon as a controller leads; harmless to repeat. */
    Operator submit(ShopKeyspace shop) {
        await("it is submitted", any -> true, () -> {
            controller.get().putKeyspace(shop.keyspace());
            controller.get().submit(shop.plan(migration, backfill), false);
        });
        return this;
    }

    /** A command of an operator; refused where it does not fit. */
    void command(Command command) {
        await("command " + command, any -> true, () -> controller.get().command(migration, command));
    }

    /** Waits at the gate before {@code phase}, whose name the status gives. */
    void awaitGate(String gate) {
        await("gate " + gate, status -> isAt(status, gate), () -> {});
    }

    private static boolean isAt(JsonNode status, String gate) {
        return status.path("state").asText().equals("WAITING")
                && status.path("waitingFor").path("message").asText().contains(" " + gate + " ");
    }

    /** Waits until something outside keeps the migration from getting on. */
    void awaitBlocked() {
        await("it is blocked", status -> status.path("state").asText().equals("BLOCKED"), () -> {});
    }

    /** Waits until its state is {@code state}; the status that said so. */
    JsonNode awaitState(String state) {
        JsonNode[] found = new JsonNode[1];
        await(
                "state " + state,
                status -> {
                    found[0] = status;
                    return status.path("state").asText().equals(state);
                },
                () -> {});
        return found[0];
    }

    /** Waits until it is blocked, and the reason given contains {@code why}; the status that said so. */
    JsonNode awaitBlocked(String why) {
        JsonNode[] found = new JsonNode[1];
        await(
                "it is blocked: " + why,
                status -> {
                    found[0] = status;
                    return status.path("state").asText().equals("BLOCKED")
                            && status.path("waitingFor").path("why").asText().contains(why);
                },
                () -> {});
        return found[0];
    }

    /** Waits until status names a wait of that code and message; what it says of it. */
    JsonNode awaitBlockedBy(String code, String message) {
        JsonNode[] found = new JsonNode[1];
        await(
                "blocked by " + code + ": " + message,
                status -> StreamSupport.stream(status.path("blockedBy").spliterator(), false)
                        .filter(wait -> wait.path("code").asText().equals(code)
                                && wait.path("message").asText().contains(message))
                        .peek(wait -> found[0] = wait)
                        .findFirst()
                        .isPresent(),
                () -> {});
        return found[0];
    }

    /** Waits until status names so many transactions that hold a fence. */
    void awaitHolders(int count) {
        await(
                count + " holders",
                status -> StreamSupport.stream(status.path("blockedBy").spliterator(), false)
                                .filter(wait -> wait.path("code").asText().equals("FENCE_HELD_BY_TRANSACTION"))
                                .count()
                        == count,
                () -> {});
    }

    /** Waits until the migration is at {@code step}. */
    void awaitStep(Step step) {
        await("step " + step, status -> status.path("step").asText().equals(step.name()), () -> {});
    }

    /** Waits until the rows that the ended migration left are purged. */
    void awaitPurged() {
        await("the purge", status -> status.path("purge").path("state").asText().equals("DONE"), () -> {});
    }

    boolean hasEnded(JsonNode status) {
        return ENDS.contains(status.path("state").asText());
    }

    void awaitEnd(String state) {
        await("the end", this::hasEnded, () -> {});
        if (!seen.contains("\"state\":\"" + state + "\"")) {
            throw new AssertionError("ended otherwise than " + state + ": " + seen);
        }
    }

    /** Opens each gate that it meets until the migration has ended. */
    void followToTheEnd(Runnable each) {
        await(
                "the end",
                status -> {
                    each.run();
                    return hasEnded(status);
                },
                () -> {
                    if (status().path("canAdvance").asBoolean()) {
                        controller.get().command(migration, Command.ADVANCE);
                    }
                });
    }

    /**
     * One try of what is to be done next: submit, open a gate, or roll back; true when the migration has ended. A controller
     * that does not lead, or no more, is no failure.
     */
    boolean getsOn(ShopKeyspace shop, boolean back) {
        try {
            if (!known()) {
                controller.get().submit(shop.plan(migration, backfill), false);
            }
            JsonNode status = status();
            if (hasEnded(status)) {
                return true;
            }
            if (back && !isRollingBack(status)) {
                controller.get().command(migration, Command.ROLLBACK);
            } else if (status.path("canAdvance").asBoolean()) {
                controller.get().command(migration, Command.ADVANCE);
            }
            return false;
        } catch (ProblemException e) {
            if (isNotNow(e)) {
                return false;
            }
            throw new AssertionError(e.problem().toString(), e);
        }
    }

    private static boolean isRollingBack(JsonNode status) {
        return Step.valueOf(status.path("step").asText()).isRollback();
    }

    private boolean known() throws ProblemException {
        try {
            status();
            return true;
        } catch (ProblemException e) {
            if (e.problem().code() == ErrorCode.MIGRATION_UNKNOWN) {
                return false;
            }
            throw e;
        }
    }

    /** Between two leaders, or the gate was opened and its answer lost. */
    private static boolean isNotNow(ProblemException e) {
        ErrorCode code = e.problem().code();
        return code == ErrorCode.NO_LEADER
                || code == ErrorCode.STORE_UNREACHABLE
                || code == ErrorCode.NOTHING_TO_ADVANCE;
    }

    JsonNode status() throws ProblemException {
        JsonNode status = controller.get().status(migration);
        seen = status.toString();
        return status;
    }

    @FunctionalInterface
    private interface Call {
        void run() throws ProblemException;
    }

    /** Runs {@code call} until it is answered by a leader, and again until {@code condition} holds of the status. */
    private void await(String what, Predicate<JsonNode> condition, Call call) {
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(30))
                    .until(() -> {
                        try {
                            call.run();
                            return condition.test(status());
                        } catch (ProblemException e) {
                            if (isNotNow(e)) {
                                return false;
                            }
                            throw new AssertionError(what + ": " + e.problem(), e);
                        }
                    });
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("waited " + PATIENCE.toSeconds() + " s for " + what + ": " + seen, e);
        }
    }
}
