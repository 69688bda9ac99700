package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.migration.State;
import io.shardshift.api.migration.StepText;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.migration.MigrationStateMachine;
import io.shardshift.controller.migration.Step;
import io.shardshift.controller.store.MigrationRecord;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the status document of one migration: what has not been measured is null, never 0. */
final class StatusDocument {
    private StatusDocument() {}

    /**
     * @param coordinator null where this controller does not run the migration: ended, or led elsewhere
     * @param ended what is stored of one that has ended and does not run here
     */
    static ObjectNode of(
            MigrationRecord migration,
            MigrationState state,
            RoutesEpoch epoch,
            List<AgentRecord> agents,
            @Nullable MigrationCoordinator coordinator,
            StoredFigures ended) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("name", migration.plan().name().value());
        status.put("keyspace", migration.plan().keyspace().value());
        status.put("phase", state.phase().name());
        status.put("state", state.shown().name());
        status.put("step", state.step().name());
        status.set("stepText", stepText(state.step()));
        status.put("since", state.since().toString());
        BlockedBy blocked = new BlockedBy(migration.plan().name(), state, epoch, agents, coordinator);
        status.set("waitingFor", blocked.waitingFor());
        int moving = migration.groups().stream()
                .mapToInt(group -> group.slots().size())
                .sum();
        status.putObject("slots").put("moving", moving).put("moved", moved(migration, state, coordinator));
        status.put("routesEpoch", epoch.value());
        status.putObject("agents")
                .put("registered", agents.size())
                .put(
                        "acknowledged",
                        agents.stream()
                                .filter(agent -> !RoutePublisher.isBehind(agent, epoch))
                                .count());
        status.set(
                "copy",
                coordinator != null
                        ? coordinator.context().work().copyStatus()
                        : StoredFigures.copyDocument(ended.copy()));
        status.set(
                "streams", coordinator != null ? coordinator.context().streams().status() : null);
        status.set(
                "verification",
                coordinator != null
                        ? coordinator.context().work().verificationStatus()
                        : StoredFigures.verificationDocument(ended.verification()));
        status.set(
                "throttle", coordinator != null ? coordinator.context().work().throttleStatus() : null);
        status.put("canAdvance", state.waitingAt() != null && !state.paused());
        boolean canRollBack = MigrationStateMachine.goesBackFrom(state.step());
        status.putObject("rollback")
                .put("ready", canRollBack)
                .put("reason", canRollBack ? null : "the migration is " + state.shown() + " in " + state.phase());
        status.put(
                "nextActor",
                state.shown().hasEnded() ? null : blocked.nextActor().name().toLowerCase(Locale.ROOT));
        status.set("blockedBy", blocked.documents());
        status.set("warnings", Warnings.document(migration, state, coordinator));
        status.putObject("handoff")
                .put(
                        "expectedPauseMillis",
                        coordinator != null ? coordinator.steps().handoffs().expectedPauseMillis() : null)
                .put(
                        "longestPauseMillis",
                        coordinator != null ? coordinator.steps().handoffs().longestPauseMillis() : null);
        Lookout.Seen seen = coordinator != null ? coordinator.lookout().seen() : null;
        Instant expires = seen == null ? null : seen.resumeExpiresAt();
        status.put("resumeExpiresAt", expires == null ? null : expires.toString());
        boolean counts = state.step() == Step.COPY || state.step() == Step.VERIFY;
        status.put(
                "etaSeconds",
                coordinator != null && counts ? coordinator.context().work().etaSeconds() : null);
        ArrayNode history = status.putArray("history");
        for (MigrationState.PhaseVisit visit : state.history()) {
            history.addObject()
                    .put("phase", visit.phase().name())
                    .put("entered", visit.entered().toString())
                    .put("left", visit.left() == null ? null : visit.left().toString());
        }
        return status;
    }

    /** For people: programs go by the step's name. */
    private static ObjectNode stepText(Step step) {
        StepText text = StepText.valueOf(step.name());
        return JsonNodeFactory.instance
                .objectNode()
                .put("does", text.does())
                .put("goesOn", text.goesOn())
                .put("application", text.application());
    }

    private static @Nullable Integer moved(
            MigrationRecord migration, MigrationState state, @Nullable MigrationCoordinator coordinator) {
        if (state.shown() == State.COMPLETED) {
            return migration.groups().stream()
                    .mapToInt(group -> group.slots().size())
                    .sum();
        }
        if (coordinator == null) {
            return state.shown().hasEnded() ? 0 : null;
        }
        Set<GroupId> atTargets = coordinator.steps().handoffs().atTargets();
        if (atTargets == null) {
            return null;
        }
        return migration.groups().stream()
                .filter(group -> atTargets.contains(group.id()))
                .mapToInt((Group group) -> group.slots().size())
                .sum();
    }
}
