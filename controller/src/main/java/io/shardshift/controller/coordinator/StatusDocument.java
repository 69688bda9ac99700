package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.migration.State;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.migration.MigrationStateMachine;
import io.shardshift.controller.migration.Step;
import io.shardshift.controller.store.MigrationRecord;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes the status document of one migration: what has not been measured is null, never 0. */
final class StatusDocument {
    private StatusDocument() {}

    /** @param coordinator null where this controller does not run the migration: ended, or led elsewhere */
    static ObjectNode of(
            MigrationRecord migration,
            MigrationState state,
            RoutesEpoch epoch,
            List<AgentRecord> agents,
            @Nullable MigrationCoordinator coordinator) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        status.put("name", migration.plan().name().value());
        status.put("keyspace", migration.plan().keyspace().value());
        status.put("phase", state.phase().name());
        status.put("state", state.shown().name());
        status.put("step", state.step().name());
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
        status.set("copy", coordinator != null ? coordinator.context().work().copyStatus() : null);
        status.set(
                "streams", coordinator != null ? coordinator.context().streams().status() : null);
        status.set(
                "verification",
                coordinator != null ? coordinator.context().work().verificationStatus() : null);
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
        Integer handedOver = coordinator.steps().handoffs().handedOver();
        if (handedOver == null) {
            return null;
        }
        return migration.groups().stream()
                .filter(group -> group.id().number() < handedOver)
                .mapToInt((Group group) -> group.slots().size())
                .sum();
    }
}
