package io.shardshift.controller.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.Gates.Gate;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.controller.migration.Event;
import io.shardshift.controller.migration.GateName;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.migration.MigrationStateMachine;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BlockedByTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
    private static final Gates SHUT =
            new Gates(Gate.MANUAL, Gate.MANUAL, Gate.MANUAL, Gate.MANUAL, Gate.MANUAL, Gate.MANUAL);

    @Test
    void eachGateNamesTheCommandThatOpensItAndTheLastThatThereIsNoWayBack() throws Exception {
        MigrationStateMachine machine = new MigrationStateMachine();
        MigrationState state = MigrationState.initial(SHUT, true, NOW);
        Map<GateName, String> remedies = new EnumMap<>(GateName.class);
        while (!state.step().isEnd()) {
            GateName gate = state.waitingAt();
            if (gate != null) {
                BlockedBy blocked =
                        new BlockedBy(new MigrationName("shop-split"), state, new RoutesEpoch(1), List.of(), null);
                JsonNode wait = Objects.requireNonNull(blocked.waitingFor());
                remedies.put(gate, wait.path("remedy").asText());
            }
            Event event = gate != null ? new Event.Advanced(false, NOW) : new Event.StepDone(state.step(), NOW);
            state = machine.on(state, event).next();
        }

        assertThat(remedies).hasSize(GateName.values().length);
        assertThat(remedies.remove(GateName.COMPLETE))
                .isEqualTo("shardshift complete shop-split: no rollback afterwards");
        assertThat(remedies.values()).containsOnly("shardshift advance shop-split");
    }

    @Test
    void aWarningThatThePlanAcceptsIsMarked() {
        Problem problem = Problem.of(ErrorCode.COMMITS_NOT_DURABLE, "sync_binlog is 0 on {}", "shop-0");
        Finding warned = Finding.warn("CommitsAreDurable", "shop-0", problem);
        Finding failed = Finding.fail("CommitsAreDurable", "shop-0", problem);

        assertThat(accepted(warned, problem, List.of("COMMITS_NOT_DURABLE"))).isTrue();
        assertThat(accepted(warned, problem, List.of("CLOCKS_DIFFER"))).isFalse();
        assertThat(accepted(failed, problem, List.of("COMMITS_NOT_DURABLE"))).isFalse();
    }

    private static boolean accepted(Finding finding, Problem problem, List<String> accept) {
        return BlockedBy.finding(finding, problem, NOW, accept)
                .document()
                .path("accepted")
                .asBoolean();
    }
}
