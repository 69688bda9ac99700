package io.shardshift.controller.migration;

import io.shardshift.api.problem.Problem;
import java.time.Instant;

/** What has happened, in the past tense. */
public sealed interface Event {
    Instant at();

    Transition applyTo(MigrationStateMachine machine, MigrationState state) throws CommandRefused;

    /** A controller took the lead and read this state: what ran before is not running any more. */
    record LeadershipTaken(Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) {
            return machine.on(state, this);
        }
    }

    /** The command of {@code step} has ended well. */
    record StepDone(Step step, Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) {
            return machine.on(state, this);
        }
    }

    /** The command of {@code step} could not get on; {@code fatal} when trying again cannot help. */
    record StepBlocked(Step step, Problem problem, boolean fatal, Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) {
            return machine.on(state, this);
        }
    }

    /** The running step, which was blocked before, has done something since. */
    record StepGotOn(Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) {
            return machine.on(state, this);
        }
    }

    /** It is time to try a blocked step again. */
    record RetryDue(Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) {
            return machine.on(state, this);
        }
    }

    /** A target has not taken a write for a while: agents that mirror to it cannot commit. */
    record TargetFailed(Problem problem, Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) {
            return machine.on(state, this);
        }
    }

    /**
     * Another server answers for a shard, or one lost commits [19].
     *
     * @param seenIn the step at which the shards were looked at: what was seen before another began may be mended since
     */
    record ServerReplaced(Problem problem, Step seenIn, Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) {
            return machine.on(state, this);
        }
    }

    /** An operator opened a gate; {@code complete} names the one of that name alone. */
    record Advanced(boolean complete, Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) throws CommandRefused {
            return machine.on(state, this);
        }
    }

    /** An operator paused. */
    record Paused(Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) throws CommandRefused {
            return machine.on(state, this);
        }
    }

    /** An operator resumed. */
    record Resumed(Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) throws CommandRefused {
            return machine.on(state, this);
        }
    }

    /** An operator asked for the way back. */
    record RollbackAsked(Instant at) implements Event {
        @Override
        public Transition applyTo(MigrationStateMachine machine, MigrationState state) throws CommandRefused {
            return machine.on(state, this);
        }
    }
}
