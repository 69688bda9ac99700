package io.shardshift.controller.coordinator;

import io.shardshift.api.codec.Json;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.migration.CommandRefused;
import io.shardshift.controller.migration.Event;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.migration.MigrationStateMachine;
import io.shardshift.controller.migration.Step;
import io.shardshift.controller.migration.Transition;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.coordination.CoordinationException;
import io.shardshift.coordination.Operation;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one migration's state. Its loop takes events from a bounded queue, lets the machine decide, stores the state by
 * compare-and-set, and only then runs the step, on a worker of the wiring's; a step's end comes back as an event.
 *
 * <p>{@link #run} is for one thread; {@link #submit} and the getters for any.
 */
final class MigrationCoordinator {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationCoordinator.class);
    /** Between two tries of a blocked step: soon enough to feel immediate, seldom enough to load nobody. */
    private static final Duration RETRY = Duration.ofMillis(500);
    /** After a hand-off that was taken back: writers have waited once, and shall not wait again at once. */
    private static final Duration RETRY_TAKEN_BACK = Duration.ofSeconds(10);

    /** One look whether the streams run; short, so that a controller that ends need not wait for it. */
    private static final Duration STREAMS_START = Duration.ofSeconds(5);

    private static final int QUEUED_EVENTS = 100;

    /** {@code event} is null when the running step has stopped because it was asked to. */
    private record Queued(@Nullable Event event, @Nullable CompletableFuture<MigrationState> answer) {}

    private final MigrationContext context;
    private final MigrationSteps steps;
    private final Lookout lookout;
    private final TargetWatch targetWatch;
    private final MigrationStateMachine machine = new MigrationStateMachine();
    private final Executor workers;
    private final Consumer<MigrationState> onChange;
    private final BlockingQueue<Queued> events = new ArrayBlockingQueue<>(QUEUED_EVENTS);
    private volatile MigrationState state;
    private volatile boolean stopAsked;
    private volatile boolean ended;
    private int version;
    private @Nullable Step running;
    private @Nullable Step runNext;
    /** False for one that failed under a controller of an earlier version, which gave the keyspace back afterwards. */
    private boolean released;

    /** A store failed without a conflict: it may have taken effect, and what is stored is read before anything else. */
    private boolean unsure;

    private long retryAtNanos;
    private long rowsWhenBlocked;

    MigrationCoordinator(
            MigrationContext context,
            MigrationState state,
            int version,
            Executor workers,
            Consumer<MigrationState> onChange,
            GroupHandoffs.Listener handoffs) {
        this.context = context;
        this.state = state;
        this.version = version;
        this.workers = workers;
        this.onChange = onChange;
        this.released = state.step() != Step.FAILED;
        this.lookout = new Lookout(context, () -> this.state.step(), this::serverReplaced);
        this.targetWatch = new TargetWatch(
                context,
                () -> this.state.step().mirrorsToTargets(),
                () -> this.state.step().handsOver(),
                this::targetFailed);
        this.steps = new MigrationSteps(context, () -> stopAsked, handoffs);
    }

    MigrationName name() {
        return context.migration().plan().name();
    }

    MigrationContext context() {
        return context;
    }

    MigrationState state() {
        return state;
    }

    MigrationSteps steps() {
        return steps;
    }

    Lookout lookout() {
        return lookout;
    }

    TargetWatch targetWatch() {
        return targetWatch;
    }

    /** [19] The same words while the sources are made alone and once an operator is waited for. */
    private void serverReplaced(Problem problem, Step seenIn) {
        LOG.warn("{}: {}", name(), problem);
        Problem whole = Problem.of(
                problem.code(),
                "{}. Reads and writes go to the sources alone; what was copied and verified does not count any more.",
                problem.what());
        String why = problem.why();
        submit(new Event.ServerReplaced(
                (why == null ? whole : whole.because("{}", why))
                        .remedy(
                                "shardshift resume {}: the targets are emptied, copied and verified anew; or shardshift rollback {}",
                                name(),
                                name()),
                seenIn,
                context.timing().now()));
    }

    private void targetFailed(Problem problem) {
        LOG.warn("{}: {}", name(), problem);
        submit(new Event.TargetFailed(problem, context.timing().now()));
    }

    /** Whether {@link #run} goes on: until the migration's end, or {@link #stop}. */
    boolean goesOn() {
        return !ended;
    }

    /** Gives an operator's command to the loop; the future answers with the state, or with {@link CommandRefused}. */
    CompletableFuture<MigrationState> submit(Event event) {
        CompletableFuture<MigrationState> answer = new CompletableFuture<>();
        if (ended || !events.offer(new Queued(event, answer))) {
            answer.completeExceptionally(new ProblemException(Problem.of(
                            ErrorCode.NO_LEADER, "This controller does not lead {} now. Nothing has changed.", name())
                    .remedy("try again in a few seconds")));
        }
        return answer;
    }

    /** Ends the loop and asks the running step to stop; what is stored is where another goes on. */
    void stop() {
        ended = true;
        stopAsked = true;
        events.offer(new Queued(new Event.RetryDue(context.timing().now()), null));
    }

    /** Runs until the migration ends or {@link #stop}. Throws LeadershipLost when another controller leads. */
    void run() throws LeadershipLost, InterruptedException {
        try {
            steps.handoffs().recall();
        } catch (CoordinationException e) {
            LOG.warn("{}: how many groups are handed over is not known yet", name(), e);
        }
        if (state.step().needsStreams()) {
            workers.execute(this::resumeStreams);
        }
        handle(new Queued(new Event.LeadershipTaken(context.timing().now()), null));
        while (!ended && !(state.step().isEnd() && running == null)) {
            long wait = state.problem() == null || running != null
                    ? 1_000
                    : Math.max(
                            1,
                            TimeUnit.NANOSECONDS.toMillis(
                                    retryAtNanos - context.timing().nanoTime()));
            Queued next = events.poll(wait, TimeUnit.MILLISECONDS);
            if (next != null) {
                handle(next);
            } else if (unsure || (state.problem() != null && running == null)) {
                rowsWhenBlocked = context.work().rowsDone();
                handle(new Queued(new Event.RetryDue(context.timing().now()), null));
            } else if (state.problem() != null && context.work().rowsDone() > rowsWhenBlocked) {
                handle(new Queued(new Event.StepGotOn(context.timing().now()), null));
            }
        }
        ended = true;
    }

    /** At a gate no step runs that would start them, and yet the mirrors are to be kept equal for as long as it is closed. */
    private void resumeStreams() {
        try {
            while (!ended) {
                try {
                    context.streams().start(context.shards(), context.timing().deadlineIn(STREAMS_START));
                    return;
                } catch (ProblemException e) {
                    LOG.warn("{}: {}", name(), e.problem());
                    context.timing().pause(RETRY);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(Queued queued) throws LeadershipLost, InterruptedException {
        Event event = queued.event();
        if (event == null || event instanceof Event.StepDone || event instanceof Event.StepBlocked) {
            running = null;
        }
        if (event == null) {
            startNext();
            return;
        }
        CompletableFuture<MigrationState> answer = queued.answer();
        boolean decided = false;
        while (!decided && !ended) {
            try {
                adoptStored();
                decide(event);
                if (answer != null) {
                    answer.complete(state);
                }
                decided = true;
            } catch (CommandRefused e) {
                if (answer != null) {
                    answer.completeExceptionally(e);
                }
                decided = true;
            } catch (CoordinationException e) {
                LOG.warn("{}: the state cannot be stored now; trying again", name(), e);
                unsure = true;
                if (answer != null) {
                    answer.completeExceptionally(e); // its caller looks at the status and decides
                    return;
                }
                context.timing().pause(RETRY); // no other event overtakes this one
            }
        }
        if (state.step() == Step.FAILED && !released) {
            released = true;
            runNext = Step.FAILED; // gives the keyspace back: nothing has moved
        }
        startNext();
    }

    private void decide(Event event) throws CommandRefused, CoordinationException, LeadershipLost {
        Transition transition = machine.on(state, event);
        store(transition.next());
        if (transition.stopRunning() && running != null) {
            stopAsked = true;
            runNext = transition.run();
        } else if (transition.run() != null) {
            runNext = transition.run();
        }
    }

    /**
     * A store whose answer was lost may have taken effect: then this coordinator goes on from it as from any stored state, or each
     * later one would be a conflict with its own.
     */
    private void adoptStored() throws CoordinationException, CommandRefused {
        if (!unsure) {
            return;
        }
        LeaderStore.Stored<MigrationState> stored = context.store()
                .read(ZnodePaths.state(name()), MigrationState.class)
                .orElseThrow(() -> new IllegalStateException("no state of " + name()));
        unsure = false;
        if (stored.version() == version) {
            return;
        }
        version = stored.version();
        state = stored.value();
        onChange.accept(state);
        Step step = machine.on(state, new Event.LeadershipTaken(context.timing().now()))
                .run();
        if (running != null && running != step) {
            stopAsked = true;
        }
        runNext = running == step ? null : step;
    }

    private void store(MigrationState next) throws CoordinationException, LeadershipLost {
        if (next.equals(state)) {
            return;
        }
        if (next.step() == Step.FAILED && state.step() != Step.FAILED) {
            steps.fail(new Operation.Set(ZnodePaths.state(name()), Json.write(next), version));
        } else {
            context.store().compareAndSet(ZnodePaths.state(name()), next, version);
        }
        version++;
        state = next;
        onChange.accept(next);
    }

    private void startNext() {
        Step step = runNext;
        if (step == null || running != null || ended) {
            return; // the running step ends first, and after stop() none begins
        }
        runNext = null;
        running = step;
        stopAsked = false;
        workers.execute(() -> work(step));
    }

    private void work(Step step) {
        LOG.info("{}: {}", name(), step);
        @Nullable Event end;
        Duration retry = RETRY;
        try {
            steps.run(step);
            // A step that was asked to stop has not done all of its work.
            end = stopAsked ? null : new Event.StepDone(step, context.timing().now());
        } catch (ProblemException e) {
            LOG.warn("{}: {} does not get on: {}", name(), step, e.problem());
            retry = e instanceof HandoffTakenBack ? RETRY_TAKEN_BACK : RETRY;
            boolean fatal = e.problem().code() == ErrorCode.PREFLIGHT_FAILED;
            end = new Event.StepBlocked(
                    step, e.problem(), fatal, context.timing().now());
        } catch (FenceException e) {
            end = new Event.StepBlocked(
                    step, fenceProblem(e), false, context.timing().now());
        } catch (CoordinationException e) {
            end = new Event.StepBlocked(
                    step,
                    Problem.of(ErrorCode.STORE_UNREACHABLE, "ZooKeeper: {}. It goes on by itself.", text(e)),
                    false,
                    context.timing().now());
        } catch (LeadershipLost e) {
            LOG.warn("{}: {}", name(), e.getMessage());
            stop();
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stop();
            return;
        } catch (RuntimeException e) {
            LOG.error("{}: {} failed, a bug", name(), step, e);
            end = new Event.StepBlocked(
                    step,
                    Problem.of(ErrorCode.INTERNAL, "{} failed: {}. It is tried again.", step, text(e))
                            .remedy("see the controller's log; pause or roll back"),
                    false,
                    context.timing().now());
        }
        retryAtNanos = context.timing().nanoTime() + retry.toNanos();
        offerUntilTaken(new Queued(end, null));
    }

    private void offerUntilTaken(Queued queued) {
        try {
            while (!ended && !events.offer(queued, 1, TimeUnit.SECONDS)) {
                LOG.warn("{}: {} events wait", name(), QUEUED_EVENTS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Problem fenceProblem(FenceException e) {
        ErrorCode code = switch (e.kind()) {
            case HELD -> ErrorCode.FENCE_HELD_BY_TRANSACTION;
            case UNREACHABLE, OUTCOME_UNKNOWN -> ErrorCode.SHARD_UNREACHABLE;
            case ANOTHER_LEADER, UNEXPECTED -> ErrorCode.FENCE_CHANGED_BY_ANOTHER;
        };
        Problem problem = Problem.of(code, "{}. It is tried again by itself.", text(e));
        if (e.kind() != FenceException.Kind.HELD) {
            return problem;
        }
        String who = context.holders().name(e.shard(), e.group());
        return (who == null ? problem : problem.because("{}", who)).remedy("end that transaction");
    }

    private static String text(Exception e) {
        return String.valueOf(e.getMessage());
    }
}
