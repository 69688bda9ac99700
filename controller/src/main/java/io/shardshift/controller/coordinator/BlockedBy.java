package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.controller.migration.GateName;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.migration.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that a migration waits for, or would: who, why, since when, what to do, and who acts next. */
final class BlockedBy {
    /** Who can end a wait. */
    enum Actor {
        SYSTEM,
        OPERATOR,
        APPLICATION
    }

    /** One wait. {@code since} null: not known. {@code accepted}: the plan names it in {@code accept}, it only warns. */
    record Wait(Problem problem, @Nullable Instant since, Actor actor, boolean accepted) {
        Wait(Problem problem, @Nullable Instant since, Actor actor) {
            this(problem, since, actor, false);
        }

        ObjectNode document() {
            ObjectNode document = JsonNodeFactory.instance.objectNode();
            document.put("code", problem.code().name());
            String why = problem.why();
            document.put("message", why == null ? problem.what() : problem.what() + " " + why);
            document.put("what", problem.what());
            document.put("why", why);
            document.put("since", since == null ? null : since.toString());
            document.put("remedy", problem.remedy());
            document.put("accepted", accepted);
            ArrayNode errors = document.putArray("errors");
            problem.errors()
                    .forEach(error -> errors.addObject()
                            .put("field", error.field())
                            .put("message", error.message())
                            .put("suggestion", error.suggestion()));
            return document;
        }
    }

    private final MigrationState state;
    private final @Nullable Wait waitingFor;
    private final List<Wait> all = new ArrayList<>();

    /** @param coordinator null where this controller does not run the migration */
    BlockedBy(
            MigrationName migration,
            MigrationState state,
            RoutesEpoch epoch,
            List<AgentRecord> agents,
            @Nullable MigrationCoordinator coordinator) {
        this.state = state;
        this.waitingFor = waitingFor(migration, state);
        if (waitingFor != null && waitingFor.problem().code() != ErrorCode.WAITING_FOR_GATE) {
            all.add(waitingFor);
        }
        if (coordinator == null || state.shown().hasEnded()) {
            return;
        }
        if (awaitsAgents(state.step())) {
            agents.stream()
                    .filter(agent -> RoutePublisher.isBehind(agent, epoch))
                    .map(agent -> behind(agent, epoch))
                    .forEach(this::addOther);
        }
        coordinator
                .context()
                .streams()
                .problems()
                .values()
                .forEach(problem -> addOther(new Wait(problem, null, Actor.SYSTEM)));
        coordinator
                .targetWatch()
                .standing()
                .forEach(one -> addOther(new Wait(one.problem(), one.since(), Actor.OPERATOR)));
        addSeen(coordinator.lookout(), coordinator.context().migration().plan().accepted());
    }

    private void addSeen(Lookout lookout, List<String> accept) {
        Lookout.Seen seen = lookout.seen();
        if (seen == null) {
            return;
        }
        for (Finding finding : seen.findings()) {
            Problem problem = finding.problem();
            if (problem != null) {
                addOther(finding(finding, problem, lookout.since(finding), accept));
            }
        }
        for (Lookout.LongTransaction one : seen.longTransactions()) {
            addOther(new Wait(
                    Problem.of(
                                    ErrorCode.FENCE_HELD_BY_TRANSACTION,
                                    "Connection {} on {} has a long transaction: it would keep a hand-off or a change of"
                                            + " phase waiting",
                                    one.connection(),
                                    one.shard())
                            .because("{}", one.description())
                            .remedy("end it in the application, or KILL {} on {}", one.connection(), one.shard()),
                    one.since(),
                    Actor.APPLICATION));
        }
    }

    static Wait finding(Finding finding, Problem problem, @Nullable Instant since, List<String> accept) {
        boolean accepted = finding.severity() == Finding.Severity.WARN
                && accept.contains(problem.code().name());
        return new Wait(problem, since, Actor.OPERATOR, accepted);
    }

    private void addOther(Wait wait) {
        boolean known = all.stream()
                .anyMatch(other -> other.problem().code() == wait.problem().code()
                        && other.problem().what().equals(wait.problem().what()));
        if (!known) {
            all.add(wait);
        }
    }

    private static boolean awaitsAgents(Step step) {
        return switch (step) {
            case FENCED_ROUTES, POINT_READS, ALL_READS, READS_BACK, HAND_BACK, STEP_BACK, SOURCES_ALONE -> true;
            case PREFLIGHT,
                    TARGET_TABLES,
                    STREAMS,
                    FENCES,
                    OLD_FENCES,
                    MIRRORING,
                    MIRRORING_PASSED,
                    COPY,
                    CATCH_UP,
                    VERIFY,
                    AUTO_INCREMENT,
                    HANDOFF_CANARY,
                    HANDOFF_REST,
                    VACATE_SOURCES,
                    FINAL_ROUTES,
                    AWAIT_TARGET,
                    MIRROR_AGAIN,
                    BEGIN_AGAIN,
                    STOP_MIRRORING,
                    ROLLBACK_ROUTES,
                    COMPLETED,
                    ROLLED_BACK,
                    FAILED -> false;
        };
    }

    private static Wait behind(AgentRecord agent, RoutesEpoch epoch) {
        Instant since =
                agent.holding().isEmpty() ? null : agent.holding().get(0).since();
        return new Wait(RoutePublisher.notAcknowledged(agent, epoch), since, Actor.APPLICATION);
    }

    private static @Nullable Wait waitingFor(MigrationName migration, MigrationState state) {
        Problem problem = state.problem();
        if (problem != null) {
            return new Wait(problem, state.problemSince(), actor(problem.code()));
        }
        Problem replaced = state.replaced();
        if (state.paused() && replaced != null) {
            return new Wait(replaced, state.since(), Actor.OPERATOR);
        }
        GateName gate = state.waitingAt();
        if (gate == null) {
            return null;
        }
        return new Wait(
                Problem.of(ErrorCode.WAITING_FOR_GATE, "The gate before {} waits for an operator.", gate)
                        .remedy(
                                gate == GateName.COMPLETE
                                        ? "shardshift complete {}: no rollback afterwards"
                                        : "shardshift advance {}",
                                migration),
                state.since(),
                Actor.OPERATOR);
    }

    /** The gate or the problem that keeps the present step; null when it gets on. */
    @Nullable
    ObjectNode waitingFor() {
        return waitingFor == null ? null : waitingFor.document();
    }

    ArrayNode documents() {
        ArrayNode documents = JsonNodeFactory.instance.arrayNode();
        all.forEach(wait -> documents.add(wait.document()));
        return documents;
    }

    Actor nextActor() {
        if (state.paused()) {
            return Actor.OPERATOR;
        }
        if (waitingFor != null) {
            return waitingFor.actor();
        }
        return Actor.SYSTEM;
    }

    private static Actor actor(ErrorCode code) {
        return switch (code) {
            case AGENTS_NOT_ACKNOWLEDGED, FENCE_HELD_BY_TRANSACTION, HANDOFF_HELD_BY_TRANSACTION -> Actor.APPLICATION;
            case STREAM_NOT_CAUGHT_UP,
                    HANDOFF_NOT_DRAINED,
                    HANDOFF_TAKEN_BACK,
                    HANDOFF_PAUSE_TOO_LONG,
                    STORE_UNREACHABLE,
                    THROTTLED,
                    FENCE_CHANGED_BY_ANOTHER -> Actor.SYSTEM;
            default -> Actor.OPERATOR; // a finding, a shard that is away, rows that differ: somebody must mend it
        };
    }
}
