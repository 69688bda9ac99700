package io.shardshift.controller.migration;

import io.shardshift.api.plan.Gates;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.controller.migration.Event.Advanced;
import io.shardshift.controller.migration.Event.LeadershipTaken;
import io.shardshift.controller.migration.Event.Paused;
import io.shardshift.controller.migration.Event.Resumed;
import io.shardshift.controller.migration.Event.RetryDue;
import io.shardshift.controller.migration.Event.RollbackAsked;
import io.shardshift.controller.migration.Event.ServerReplaced;
import io.shardshift.controller.migration.Event.StepBlocked;
import io.shardshift.controller.migration.Event.StepDone;
import io.shardshift.controller.migration.Event.StepGotOn;
import io.shardshift.controller.migration.Event.TargetFailed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The migration's transitions, pure: (state, event) to (state to store, step to run).
 *
 * <pre>
 * PREFLIGHT to TARGET_TABLES to STREAMS to FENCES to FENCED_ROUTES to OLD_FENCES: each after StepDone
 * OLD_FENCES to MIRRORING:            after StepDone, through gate dualWrite
 * MIRRORING to MIRRORING_PASSED:      after StepDone
 * MIRRORING_PASSED to POINT_READS:    after StepDone, through gate readNewFirst
 * POINT_READS to COPY:                after StepDone, through gate backfill
 * COPY to CATCH_UP to VERIFY to AUTO_INCREMENT to ALL_READS: each after StepDone
 * ALL_READS to HANDOFF_CANARY:        after StepDone, through gate stopOldWrites
 * HANDOFF_CANARY to HANDOFF_REST:     after StepDone, through gate allGroups (without a canary group: none)
 * HANDOFF_REST to VACATE_SOURCES:     after StepDone, through gate complete
 * VACATE_SOURCES to FINAL_ROUTES to COMPLETED: each after StepDone; no way back from here
 *
 * MIRRORING_PASSED ... ALL_READS to STEP_BACK: after TargetFailed; the gates that were passed stay open
 * STEP_BACK to AWAIT_TARGET to MIRROR_AGAIN to MIRRORING_PASSED: each after StepDone
 * STEP_BACK, AWAIT_TARGET, MIRROR_AGAIN to READS_BACK: after RollbackAsked
 *
 * FENCED_ROUTES ... ALL_READS, STEP_BACK ... MIRROR_AGAIN to SOURCES_ALONE: after ServerReplaced; gates that were passed stay open
 * SOURCES_ALONE to BEGIN_AGAIN to OLD_FENCES, paused there: each after StepDone; forward again after Resumed
 * SOURCES_ALONE, BEGIN_AGAIN to READS_BACK: after RollbackAsked
 * any step stays, its problem forgotten:  after StepGotOn
 * any step up to FENCES to FAILED:    after StepBlocked that is fatal: nothing has moved
 * HANDOFF_CANARY, HANDOFF_REST to HAND_BACK: after RollbackAsked
 * POINT_READS ... ALL_READS to READS_BACK:   after RollbackAsked
 * MIRRORING, MIRRORING_PASSED to READS_BACK: after RollbackAsked
 * PREFLIGHT ... OLD_FENCES to ROLLBACK_ROUTES: after RollbackAsked
 * HAND_BACK to READS_BACK to STOP_MIRRORING to ROLLBACK_ROUTES to ROLLED_BACK: each after StepDone
 * </pre>
 *
 * Stateless, thread-safe.
 */
public final class MigrationStateMachine {
    /** Applies {@code event}. Throws {@link CommandRefused} only for an operator's command that does not fit. */
    public Transition on(MigrationState state, Event event) throws CommandRefused {
        return event.applyTo(this, state);
    }

    Transition on(MigrationState state, LeadershipTaken event) {
        return resumed(state);
    }

    Transition on(MigrationState state, RetryDue event) {
        return state.problem() == null ? Transition.stay(state) : resumed(state);
    }

    Transition on(MigrationState state, StepGotOn event) {
        return Transition.stay(state.step().isEnd() ? state : state.withProblem(null, event.at()));
    }

    /** What runs in {@code state} when nothing does. */
    private static Transition resumed(MigrationState state) {
        boolean idle = state.step().isEnd()
                || state.waitingAt() != null
                || (state.paused() && state.step().stopsAtPause());
        return idle ? Transition.stay(state) : Transition.run(state);
    }

    Transition on(MigrationState state, StepDone event) {
        if (event.step() != state.step()
                || state.waitingAt() != null
                || state.step().isEnd()) {
            return Transition.stay(state); // late: a rollback went another way meanwhile
        }
        Step next = next(state.step());
        GateName gate = gateBefore(next, state.canary());
        if (gate != null && gate.isManual(state.gates())) {
            return Transition.stay(state.waitingAt(gate, event.at()));
        }
        MigrationState moved = state.at(next, event.at());
        if (state.step() == Step.BEGIN_AGAIN) {
            return Transition.stay(moved.withPaused(true, event.at())); // [19] an operator looks first
        }
        Problem replaced = state.replaced();
        if (next == Step.BEGIN_AGAIN && replaced != null) {
            return resumed(moved.withProblem(replaced, event.at()));
        }
        // The target is still away: the operator reads why, and since when, until it answers.
        Problem why = state.problem();
        boolean away = next == Step.AWAIT_TARGET && why != null && why.code() == ErrorCode.SHARD_UNREACHABLE;
        return resumed(away ? moved.withProblem(why, event.at()) : moved);
    }

    Transition on(MigrationState state, StepBlocked event) {
        if (event.step() != state.step() || state.step().isEnd()) {
            return Transition.stay(state);
        }
        if (event.fatal() && endsAsFailed(state.step())) {
            return Transition.stay(state.at(Step.FAILED, event.at()).withProblem(event.problem(), event.at()));
        }
        return Transition.stay(state.withProblem(event.problem(), event.at()));
    }

    Transition on(MigrationState state, TargetFailed event) {
        if (!state.step().mirrorsToTargets()) {
            return Transition.stay(state);
        }
        MigrationState back = state.withGates(passedGates(state)).at(Step.STEP_BACK, event.at());
        return new Transition(back.withProblem(event.problem(), event.at()), Step.STEP_BACK, true);
    }

    /** [19] What was copied and verified counts no more: back to where no row of a target does. */
    Transition on(MigrationState state, ServerReplaced event) {
        if (event.seenIn() != state.step() || !state.step().beginsAgain()) {
            return Transition.stay(state);
        }
        MigrationState alone = state.withGates(passedGates(state)).at(Step.SOURCES_ALONE, event.at());
        return new Transition(
                alone.withReplaced(event.problem()).withProblem(event.problem(), event.at()), Step.SOURCES_ALONE, true);
    }

    /** The way round a target has them stored already, and up to OLD_FENCES there is none. */
    private static Gates passedGates(MigrationState state) {
        Gates gates = state.gates();
        if (!state.step().mirrorsToTargets() && state.step() != Step.MIRRORING) {
            return gates;
        }
        for (Step step = Step.MIRRORING; step != state.step(); step = next(step)) {
            GateName passed = gateBefore(next(step), state.canary());
            gates = passed == null ? gates : passed.opened(gates);
        }
        return GateName.DUAL_WRITE.opened(gates);
    }

    Transition on(MigrationState state, Advanced event) throws CommandRefused {
        GateName gate = state.waitingAt();
        if (event.complete() && isCompleting(state.step())) {
            return Transition.stay(state); // repeated: it has taken effect
        }
        if (gate == null || (event.complete() && gate != GateName.COMPLETE)) {
            throw new CommandRefused(Problem.of(
                            ErrorCode.NOTHING_TO_ADVANCE,
                            "No gate{} is waiting: the migration is {} in {}. Nothing has changed.",
                            event.complete() ? " named complete" : "",
                            state.shown(),
                            state.phase())
                    .remedy("wait until state is WAITING; waitingFor then names the gate"));
        }
        return resumed(state.at(next(state.step()), event.at()));
    }

    Transition on(MigrationState state, Paused event) throws CommandRefused {
        requireRunning(state, "pause");
        if (state.paused()) {
            return Transition.stay(state);
        }
        if (state.step().isRollback()) {
            throw new CommandRefused(
                    Problem.of(ErrorCode.MIGRATION_RUNNING, "A rollback is not paused. Nothing has changed.")
                            .remedy("let the rollback end"));
        }
        return new Transition(
                state.withPaused(true, event.at()), null, state.step().stopsAtPause());
    }

    Transition on(MigrationState state, Resumed event) throws CommandRefused {
        requireRunning(state, "resume");
        if (!state.paused()) {
            return Transition.stay(state);
        }
        boolean beginsAgain = state.step() == Step.SOURCES_ALONE || state.step() == Step.BEGIN_AGAIN;
        MigrationState on = state.withPaused(false, event.at());
        return resumed(beginsAgain ? on : on.withReplaced(null));
    }

    Transition on(MigrationState state, RollbackAsked event) throws CommandRefused {
        if (state.step().isRollback()) {
            return Transition.stay(state);
        }
        Step back = rollbackFrom(state.step());
        if (back == null) {
            throw new CommandRefused(Problem.of(
                            ErrorCode.ROLLBACK_IMPOSSIBLE,
                            "The migration is {} in {}: there is no way back from here. Nothing has changed.",
                            state.shown(),
                            state.phase())
                    .remedy("to move the slots back submit a plan whose slotMap names the old shards"));
        }
        MigrationState next =
                state.withPaused(false, event.at()).withReplaced(null).at(back, event.at());
        return new Transition(next, next.step(), true);
    }

    private static void requireRunning(MigrationState state, String command) throws CommandRefused {
        if (state.step().isEnd()) {
            throw new CommandRefused(Problem.of(
                    ErrorCode.MIGRATION_ENDED,
                    "The migration has ended as {}: nothing to {}.",
                    state.shown(),
                    command));
        }
    }

    private static boolean isCompleting(Step step) {
        return step == Step.VACATE_SOURCES || step == Step.FINAL_ROUTES || step == Step.COMPLETED;
    }

    private static boolean endsAsFailed(Step step) {
        return step == Step.PREFLIGHT || step == Step.TARGET_TABLES || step == Step.STREAMS || step == Step.FENCES;
    }

    /** The steps of a migration that nothing disturbs, in their order; the end is none. */
    public static List<Step> wayForward() {
        List<Step> steps = new ArrayList<>();
        for (Step step = Step.PREFLIGHT; !step.isEnd(); step = next(step)) {
            steps.add(step);
        }
        return List.copyOf(steps);
    }

    private static Step next(Step step) {
        return switch (step) {
            case PREFLIGHT -> Step.TARGET_TABLES;
            case TARGET_TABLES -> Step.STREAMS;
            case STREAMS -> Step.FENCES;
            case FENCES -> Step.FENCED_ROUTES;
            case FENCED_ROUTES -> Step.OLD_FENCES;
            case OLD_FENCES -> Step.MIRRORING;
            case MIRRORING -> Step.MIRRORING_PASSED;
            case MIRRORING_PASSED -> Step.POINT_READS;
            case POINT_READS -> Step.COPY;
            case COPY -> Step.CATCH_UP;
            case CATCH_UP -> Step.VERIFY;
            case VERIFY -> Step.AUTO_INCREMENT;
            case AUTO_INCREMENT -> Step.ALL_READS;
            case ALL_READS -> Step.HANDOFF_CANARY;
            case HANDOFF_CANARY -> Step.HANDOFF_REST;
            case HANDOFF_REST -> Step.VACATE_SOURCES;
            case VACATE_SOURCES -> Step.FINAL_ROUTES;
            case FINAL_ROUTES -> Step.COMPLETED;
            case STEP_BACK -> Step.AWAIT_TARGET;
            case AWAIT_TARGET -> Step.MIRROR_AGAIN;
            case MIRROR_AGAIN -> Step.MIRRORING_PASSED;
            case SOURCES_ALONE -> Step.BEGIN_AGAIN;
            case BEGIN_AGAIN -> Step.OLD_FENCES;
            case HAND_BACK -> Step.READS_BACK;
            case READS_BACK -> Step.STOP_MIRRORING;
            case STOP_MIRRORING -> Step.ROLLBACK_ROUTES;
            case ROLLBACK_ROUTES -> Step.ROLLED_BACK;
            case COMPLETED, ROLLED_BACK, FAILED -> step;
        };
    }

    private static @Nullable GateName gateBefore(Step step, boolean canary) {
        return switch (step) {
            case MIRRORING -> GateName.DUAL_WRITE;
            case POINT_READS -> GateName.READ_NEW_FIRST;
            case COPY -> GateName.BACKFILL;
            case HANDOFF_CANARY -> GateName.STOP_OLD_WRITES;
            case HANDOFF_REST -> canary ? GateName.ALL_GROUPS : null;
            case VACATE_SOURCES -> GateName.COMPLETE;
            case PREFLIGHT,
                    TARGET_TABLES,
                    STREAMS,
                    FENCES,
                    FENCED_ROUTES,
                    OLD_FENCES,
                    MIRRORING_PASSED,
                    CATCH_UP,
                    VERIFY,
                    AUTO_INCREMENT,
                    ALL_READS,
                    FINAL_ROUTES,
                    STEP_BACK,
                    AWAIT_TARGET,
                    MIRROR_AGAIN,
                    SOURCES_ALONE,
                    BEGIN_AGAIN,
                    COMPLETED,
                    HAND_BACK,
                    READS_BACK,
                    STOP_MIRRORING,
                    ROLLBACK_ROUTES,
                    ROLLED_BACK,
                    FAILED -> null;
        };
    }

    /** Whether RollbackAsked is taken at {@code step}, or has been. */
    public static boolean goesBackFrom(Step step) {
        return !step.isEnd() && (step.isRollback() || rollbackFrom(step) != null);
    }

    private static @Nullable Step rollbackFrom(Step step) {
        return switch (step) {
            case PREFLIGHT, TARGET_TABLES, STREAMS, FENCES, FENCED_ROUTES, OLD_FENCES -> Step.ROLLBACK_ROUTES;
            case MIRRORING,
                    MIRRORING_PASSED,
                    POINT_READS,
                    COPY,
                    CATCH_UP,
                    VERIFY,
                    AUTO_INCREMENT,
                    ALL_READS,
                    STEP_BACK,
                    AWAIT_TARGET,
                    MIRROR_AGAIN,
                    SOURCES_ALONE,
                    BEGIN_AGAIN -> Step.READS_BACK;
            case HANDOFF_CANARY, HANDOFF_REST -> Step.HAND_BACK;
            case VACATE_SOURCES,
                    FINAL_ROUTES,
                    COMPLETED,
                    FAILED,
                    HAND_BACK,
                    READS_BACK,
                    STOP_MIRRORING,
                    ROLLBACK_ROUTES,
                    ROLLED_BACK -> null;
        };
    }
}
