package io.shardshift.controller.migration;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.shardshift.api.migration.Phase;
import io.shardshift.api.migration.State;
import io.shardshift.api.plan.Gates;
import io.shardshift.api.problem.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the machine knows of a migration; stored by compare-and-set before any of its commands runs.
 *
 * @param version shape of this record, for a controller of another version
 * @param step what is done now, or has been done while {@code waitingAt} is set
 * @param waitingAt the closed gate before the next step
 * @param paused whether an operator stopped it
 * @param problem why the step does not get on, or why the migration failed
 * @param problemSince since when
 * @param replaced which server was found replaced, from then until an operator has let the migration begin again [19]
 * @param history phases with the time each was entered and left
 */
public record MigrationState(
        int version,
        Gates gates,
        boolean canary,
        Step step,
        @Nullable GateName waitingAt,
        boolean paused,
        @Nullable Problem problem,
        @Nullable Instant problemSince,
        @Nullable Problem replaced,
        Instant since,
        List<PhaseVisit> history) {
    public static final int VERSION = 1;

    /** A stay in a phase; {@code left} is null for the present one. */
    public record PhaseVisit(
            Phase phase, Instant entered, @Nullable Instant left) {}

    public MigrationState {
        history = List.copyOf(history);
    }

    /** The state of a plan that was just accepted. */
    public static MigrationState initial(Gates gates, boolean canary, Instant now) {
        return new MigrationState(
                VERSION,
                gates,
                canary,
                Step.PREFLIGHT,
                null,
                false,
                null,
                null,
                null,
                now,
                List.of(new PhaseVisit(Phase.PREPARE, now, null)));
    }

    /** That of the newest visit: a step of the way back may be taken without the phase that it usually ends. */
    @JsonIgnore
    public Phase phase() {
        return history.get(history.size() - 1).phase();
    }

    /** What is shown as {@code state}. */
    @JsonIgnore
    public State shown() {
        if (step.isEnd()) {
            return step == Step.COMPLETED
                    ? State.COMPLETED
                    : step == Step.ROLLED_BACK ? State.ROLLED_BACK : State.FAILED;
        }
        if (paused) {
            return State.PAUSED;
        }
        if (problem != null) {
            return State.BLOCKED;
        }
        if (step.isRollback()) {
            return State.ROLLING_BACK;
        }
        return waitingAt != null ? State.WAITING : State.RUNNING;
    }

    MigrationState at(Step next, Instant now) {
        List<PhaseVisit> visits = new ArrayList<>(history);
        PhaseVisit last = visits.get(visits.size() - 1);
        Phase phase = next.phaseFrom(last.phase());
        if (phase != last.phase()) {
            visits.set(visits.size() - 1, new PhaseVisit(last.phase(), last.entered(), now));
            visits.add(new PhaseVisit(phase, now, null));
        }
        if (next.isEnd()) {
            PhaseVisit end = visits.get(visits.size() - 1);
            visits.set(visits.size() - 1, new PhaseVisit(end.phase(), end.entered(), now));
        }
        return new MigrationState(VERSION, gates, canary, next, null, paused, null, null, replaced, now, visits);
    }

    MigrationState waitingAt(GateName gate, Instant now) {
        return new MigrationState(VERSION, gates, canary, step, gate, paused, null, null, replaced, now, history);
    }

    /** Gates that were passed once are open from now on: a step back goes through them again. */
    MigrationState withGates(Gates now) {
        return new MigrationState(
                VERSION, now, canary, step, waitingAt, paused, problem, problemSince, replaced, since, history);
    }

    MigrationState withPaused(boolean nowPaused, Instant now) {
        return new MigrationState(
                VERSION, gates, canary, step, waitingAt, nowPaused, problem, problemSince, replaced, now, history);
    }

    MigrationState withProblem(@Nullable Problem found, Instant now) {
        Instant begin = found == null ? null : problem == null || problemSince == null ? now : problemSince;
        return new MigrationState(
                VERSION, gates, canary, step, waitingAt, paused, found, begin, replaced, since, history);
    }

    MigrationState withReplaced(@Nullable Problem found) {
        return new MigrationState(
                VERSION, gates, canary, step, waitingAt, paused, problem, problemSince, found, since, history);
    }
}
