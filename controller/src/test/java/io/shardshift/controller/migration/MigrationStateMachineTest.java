package io.shardshift.controller.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.migration.Phase;
import io.shardshift.api.migration.State;
import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.Gates.Gate;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every step with every event. */
class MigrationStateMachineTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final Gates OPEN = new Gates(Gate.AUTO, Gate.AUTO, Gate.AUTO, Gate.AUTO, Gate.AUTO, Gate.AUTO);
    private static final Gates SHUT =
            new Gates(Gate.MANUAL, Gate.MANUAL, Gate.MANUAL, Gate.MANUAL, Gate.MANUAL, Gate.MANUAL);
    private static final Problem PROBLEM = Problem.of(ErrorCode.SHARD_UNREACHABLE, "away");
    private static final Set<Step> GATED = EnumSet.of(
            Step.MIRRORING, Step.POINT_READS, Step.COPY, Step.HANDOFF_CANARY, Step.HANDOFF_REST, Step.VACATE_SOURCES);

    private final MigrationStateMachine machine = new MigrationStateMachine();

    private static MigrationState at(Step step, Gates gates) {
        return MigrationState.initial(gates, true, NOW).at(step, NOW);
    }

    @Test
    void theForwardPathVisitsEachStepOnceAndEndsCompleted() throws Exception {
        List<Step> visited = new ArrayList<>();
        MigrationState state = MigrationState.initial(OPEN, true, NOW);
        while (!state.step().isEnd()) {
            visited.add(state.step());
            state = machine.on(state, new Event.StepDone(state.step(), NOW)).next();
        }
        assertThat(state.step()).isEqualTo(Step.COMPLETED);
        assertThat(visited)
                .doesNotHaveDuplicates()
                .containsExactlyElementsOf(EnumSet.range(Step.PREFLIGHT, Step.FINAL_ROUTES))
                .isEqualTo(MigrationStateMachine.wayForward());
        assertThat(state.history()).allSatisfy(visit -> assertThat(visit.left()).isNotNull());
    }

    @Test
    void aShutGateStandsBeforeEachOfItsStepsAndOpensOnce() throws Exception {
        MigrationState state = MigrationState.initial(SHUT, true, NOW);
        Set<Step> gated = EnumSet.noneOf(Step.class);
        while (!state.step().isEnd()) {
            Transition done = machine.on(state, new Event.StepDone(state.step(), NOW));
            state = done.next();
            if (state.waitingAt() != null) {
                assertThat(done.run()).isNull();
                assertThat(state.shown()).isEqualTo(State.WAITING);
                Transition opened = machine.on(state, new Event.Advanced(false, NOW));
                state = opened.next();
                gated.add(state.step());
            }
        }
        assertThat(gated).isEqualTo(GATED);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void advanceWithoutAWaitingGateIsRefused(Step step) {
        assertThatThrownBy(() -> machine.on(at(step, SHUT), new Event.Advanced(false, NOW)))
                .isInstanceOfSatisfying(
                        CommandRefused.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.NOTHING_TO_ADVANCE));
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void leadershipRunsTheStoredStepAgainUnlessItHasEnded(Step step) throws Exception {
        Transition taken = machine.on(at(step, OPEN), new Event.LeadershipTaken(NOW));
        assertThat(taken.run()).isEqualTo(step.isEnd() ? null : step);
        assertThat(taken.next()).isEqualTo(at(step, OPEN));
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aLateEndOfAnotherStepChangesNothing(Step step) throws Exception {
        Step other = step == Step.COPY ? Step.VERIFY : Step.COPY;
        assertThat(machine.on(at(step, OPEN), new Event.StepDone(other, NOW)))
                .isEqualTo(Transition.stay(at(step, OPEN)));
        assertThat(machine.on(at(step, OPEN), new Event.StepBlocked(other, PROBLEM, true, NOW)))
                .isEqualTo(Transition.stay(at(step, OPEN)));
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aBlockedStepSaysWhySinceWhenAndIsTriedAgain(Step step) throws Exception {
        MigrationState blocked = machine.on(at(step, OPEN), new Event.StepBlocked(step, PROBLEM, false, NOW))
                .next();
        if (step.isEnd()) {
            assertThat(blocked).isEqualTo(at(step, OPEN));
            return;
        }
        assertThat(blocked.shown()).isEqualTo(State.BLOCKED);
        assertThat(blocked.problemSince()).isEqualTo(NOW);
        MigrationState later = machine.on(blocked, new Event.StepBlocked(step, PROBLEM, false, NOW.plusSeconds(9)))
                .next();
        assertThat(later.problemSince()).isEqualTo(NOW);
        assertThat(machine.on(later, new Event.RetryDue(NOW)).run()).isEqualTo(step);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aBlockedStepThatGotOnRunsAgainAndForgetsWhy(Step step) throws Exception {
        MigrationState blocked = machine.on(at(step, OPEN), new Event.StepBlocked(step, PROBLEM, false, NOW))
                .next();
        Transition gotOn = machine.on(blocked, new Event.StepGotOn(NOW));
        assertThat(gotOn).isEqualTo(Transition.stay(at(step, OPEN)));
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aTargetThatFailsIsSteppedBackFromOnlyWhileAgentsMirrorToIt(Step step) throws Exception {
        Transition failed = machine.on(at(step, SHUT), new Event.TargetFailed(PROBLEM, NOW));
        if (!EnumSet.range(Step.MIRRORING_PASSED, Step.ALL_READS).contains(step)) {
            assertThat(failed).isEqualTo(Transition.stay(at(step, SHUT)));
            return;
        }
        assertThat(failed.run()).isEqualTo(Step.STEP_BACK);
        assertThat(failed.stopRunning()).isTrue();
        assertThat(failed.next().shown()).isEqualTo(State.BLOCKED);
        MigrationState away = machine.on(failed.next(), new Event.StepDone(Step.STEP_BACK, NOW))
                .next();
        assertThat(away.step()).isEqualTo(Step.AWAIT_TARGET);
        assertThat(away.problem()).as("said until it answers").isEqualTo(PROBLEM);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void afterAStepBackOnlyGatesThatWereNotYetPassedWait(Step step) throws Exception {
        if (!step.mirrorsToTargets()) {
            return;
        }
        MigrationState state =
                machine.on(at(step, SHUT), new Event.TargetFailed(PROBLEM, NOW)).next();
        while (state.waitingAt() == null) {
            assertThat(state.step()).as("forward to where it was").isNotEqualTo(Step.HANDOFF_CANARY);
            state = machine.on(state, new Event.StepDone(state.step(), NOW)).next();
        }
        Step gated = state.step();
        assertThat(gated.compareTo(step)).as("%s waits behind %s", gated, step).isGreaterThanOrEqualTo(0);
        assertThat(machine.on(state, new Event.Advanced(false, NOW)).next().step())
                .isIn(GATED);
    }

    private static final Problem REPLACED = Problem.of(ErrorCode.SERVER_REPLACED, "s1 is answered by another server");

    private MigrationState replaced(MigrationState state) throws CommandRefused {
        return machine.on(state, new Event.ServerReplaced(REPLACED, state.step(), NOW))
                .next();
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aReplacedServerIsBegunAgainFromOnlyWhileTheSourcesOwnAll(Step step) throws Exception { // [19]
        MigrationState before = at(step, SHUT);
        Transition found = machine.on(before, new Event.ServerReplaced(REPLACED, step, NOW));
        boolean begins = EnumSet.range(Step.FENCED_ROUTES, Step.ALL_READS).contains(step)
                || EnumSet.of(Step.STEP_BACK, Step.AWAIT_TARGET, Step.MIRROR_AGAIN)
                        .contains(step);
        if (!begins) {
            assertThat(found).isEqualTo(Transition.stay(before));
            return;
        }
        assertThat(found.run()).isEqualTo(Step.SOURCES_ALONE);
        assertThat(found.stopRunning()).isTrue();
        assertThat(found.next().shown()).isEqualTo(State.BLOCKED);
        assertThat(machine.on(before, new Event.ServerReplaced(REPLACED, Step.PREFLIGHT, NOW)))
                .as("seen in another step, it may be mended since")
                .isEqualTo(Transition.stay(before));
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void afterAReplacedServerAnOperatorIsAskedAndThenOnlyGatesThatWereNotYetPassed(Step step) throws Exception { // [19]
        if (!step.beginsAgain()) {
            return;
        }
        MigrationState before = step.mirrorsToTargets() || step.compareTo(Step.MIRRORING) <= 0
                ? at(step, SHUT)
                : machine.on(at(Step.COPY, SHUT), new Event.TargetFailed(PROBLEM, NOW))
                        .next()
                        .at(step, NOW);
        MigrationState alone = replaced(before);
        MigrationState waited = machine.on(alone, new Event.StepBlocked(Step.SOURCES_ALONE, PROBLEM, false, NOW))
                .next();
        MigrationState anew =
                machine.on(waited, new Event.StepDone(Step.SOURCES_ALONE, NOW)).next();
        assertThat(anew.step()).isEqualTo(Step.BEGIN_AGAIN);
        assertThat(anew.problem()).as("said again").isEqualTo(REPLACED);
        Transition asked = machine.on(anew, new Event.StepDone(Step.BEGIN_AGAIN, NOW));
        assertThat(asked.run()).isNull();
        assertThat(asked.next().shown()).isEqualTo(State.PAUSED);
        assertThat(asked.next().phase()).isEqualTo(Phase.PREPARE);
        assertThat(asked.next().replaced()).isEqualTo(REPLACED);
        assertThat(replaced(asked.next()).step()).as("and again").isEqualTo(Step.SOURCES_ALONE);
        assertThat(machine.on(asked.next(), new Event.RollbackAsked(NOW)).next().step())
                .isEqualTo(Step.ROLLBACK_ROUTES);

        MigrationState state = machine.on(asked.next(), new Event.Resumed(NOW)).next();
        assertThat(state.replaced()).isNull();
        Set<Step> visited = EnumSet.noneOf(Step.class);
        while (state.waitingAt() == null) {
            visited.add(state.step());
            assertThat(state.step()).as("forward to where it was").isNotEqualTo(Step.HANDOFF_CANARY);
            state = machine.on(state, new Event.StepDone(state.step(), NOW)).next();
        }
        Step seen = step.mirrorsToTargets() || step.compareTo(Step.MIRRORING) <= 0 ? step : Step.COPY;
        assertThat(state.step().compareTo(seen)).isGreaterThanOrEqualTo(0);
        if (seen.compareTo(Step.MIRRORING) >= 0) {
            assertThat(visited).as("nothing counts that was done before").contains(Step.MIRRORING);
        }
        if (seen.compareTo(Step.VERIFY) >= 0) {
            assertThat(visited).contains(Step.COPY, Step.VERIFY);
        }
    }

    @Test
    void whatAnOperatorResumesBeforeItIsDoneStillStopsForALook() throws Exception { // [19]
        MigrationState paused =
                machine.on(at(Step.COPY, OPEN), new Event.Paused(NOW)).next();
        MigrationState alone = replaced(paused);
        assertThat(alone.paused()).isTrue();
        MigrationState resumed = machine.on(alone, new Event.Resumed(NOW)).next();
        for (Step step : List.of(Step.SOURCES_ALONE, Step.BEGIN_AGAIN)) {
            resumed = machine.on(resumed, new Event.StepDone(step, NOW)).next();
        }
        assertThat(resumed.paused()).isTrue();
        assertThat(resumed.replaced()).isEqualTo(REPLACED);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void aFatalProblemEndsOnlyWhatHasMovedNothing(Step step) throws Exception {
        MigrationState after = machine.on(at(step, OPEN), new Event.StepBlocked(step, PROBLEM, true, NOW))
                .next();
        boolean early = EnumSet.range(Step.PREFLIGHT, Step.FENCES).contains(step) || step == Step.FAILED;
        assertThat(after.step() == Step.FAILED).isEqualTo(early);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void rollbackHasAWayFromEveryStepBeforeTheEnd(Step step) throws Exception {
        Set<Step> noWay = EnumSet.of(Step.VACATE_SOURCES, Step.FINAL_ROUTES, Step.COMPLETED, Step.FAILED);
        if (noWay.contains(step)) {
            assertThatThrownBy(() -> machine.on(at(step, OPEN), new Event.RollbackAsked(NOW)))
                    .isInstanceOfSatisfying(
                            CommandRefused.class,
                            e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.ROLLBACK_IMPOSSIBLE));
            return;
        }
        MigrationState state =
                machine.on(at(step, OPEN), new Event.RollbackAsked(NOW)).next();
        assertThat(state.step().isRollback()).isTrue();
        while (!state.step().isEnd()) {
            state = machine.on(state, new Event.StepDone(state.step(), NOW)).next();
            assertThat(state.waitingAt()).as("a rollback meets no gate").isNull();
        }
        assertThat(state.step()).isEqualTo(Step.ROLLED_BACK);
        assertThat(machine.on(state, new Event.RollbackAsked(NOW)).next()).isEqualTo(state);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void theWayBackShowsNoPhaseThatIsLaterThanThePresentOne(Step step) throws Exception {
        if (step.isRollback() || !MigrationStateMachine.goesBackFrom(step)) {
            return;
        }
        MigrationState state = MigrationState.initial(OPEN, true, NOW);
        for (Step before : MigrationStateMachine.wayForward()) {
            if (before.phase().compareTo(step.phase()) <= 0) {
                state = state.at(before, NOW);
            }
        }
        state = state.at(step, NOW);
        assertThat(state.phase()).isEqualTo(step.phase());
        List<Phase> visited = new ArrayList<>(List.of(state.phase()));
        state = machine.on(state, new Event.RollbackAsked(NOW)).next();
        while (true) {
            if (visited.get(visited.size() - 1) != state.phase()) {
                visited.add(state.phase());
            }
            if (state.step().isEnd()) {
                break;
            }
            state = machine.on(state, new Event.StepDone(state.step(), NOW)).next();
        }
        assertThat(visited)
                .isSortedAccordingTo(Comparator.<Phase>reverseOrder())
                .endsWith(Phase.PREPARE);
        assertThat(state.history().stream()
                        .skip(state.history().size() - visited.size())
                        .map(MigrationState.PhaseVisit::phase))
                .containsExactlyElementsOf(visited);
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void pauseStopsWhatItMayAndResumeRunsItAgain(Step step) throws Exception {
        MigrationState state = at(step, OPEN);
        if (step.isEnd() || step.isRollback()) {
            assertThatThrownBy(() -> machine.on(state, new Event.Paused(NOW))).isInstanceOf(CommandRefused.class);
            return;
        }
        Transition paused = machine.on(state, new Event.Paused(NOW));
        assertThat(paused.next().shown()).isEqualTo(State.PAUSED);
        assertThat(paused.stopRunning()).isEqualTo(step.stopsAtPause());
        assertThat(machine.on(paused.next(), new Event.Paused(NOW)).next()).isEqualTo(paused.next());
        assertThat(machine.on(paused.next(), new Event.Resumed(NOW)).run()).isEqualTo(step);
        if (step != Step.VACATE_SOURCES && step != Step.FINAL_ROUTES) { // from there is no way back
            assertThat(machine.on(paused.next(), new Event.RollbackAsked(NOW))
                            .next()
                            .paused())
                    .as("a rollback ends a pause")
                    .isFalse();
        }
    }

    @Test
    void completeOpensTheGateOfThatNameAloneAndMayBeRepeated() throws Exception {
        MigrationState waiting = machine.on(at(Step.HANDOFF_REST, SHUT), new Event.StepDone(Step.HANDOFF_REST, NOW))
                .next();
        MigrationState completing =
                machine.on(waiting, new Event.Advanced(true, NOW)).next();
        assertThat(completing.step()).isEqualTo(Step.VACATE_SOURCES);
        assertThat(machine.on(completing, new Event.Advanced(true, NOW)).next()).isEqualTo(completing);
        MigrationState early = machine.on(at(Step.OLD_FENCES, SHUT), new Event.StepDone(Step.OLD_FENCES, NOW))
                .next();
        assertThatThrownBy(() -> machine.on(early, new Event.Advanced(true, NOW)))
                .isInstanceOf(CommandRefused.class);
    }
}
