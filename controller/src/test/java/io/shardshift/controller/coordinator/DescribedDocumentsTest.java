package io.shardshift.controller.coordinator;

import io.shardshift.api.codec.Json;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.RoutesEpoch;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.znode.AgentRecord;
import io.shardshift.controller.resources.DocumentSchemas;
import io.shardshift.controller.verify.Difference;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Documents of parts that no test of a whole controller shows, as openapi.yaml describes them. */
class DescribedDocumentsTest {
    private static final Instant AT = Instant.parse("2026-11-24T10:00:00Z");

    @Test
    void agents() throws Exception {
        DocumentSchemas schemas = new DocumentSchemas();
        AgentRecord.Holding holding = new AgentRecord.Holding("worker-2", "UPDATE orders SET state = ?", AT);
        schemas.assertDescribes(
                "Agent",
                Keyspaces.document(
                        new AgentRecord(
                                new AgentId("a"),
                                "web-3",
                                41,
                                "1",
                                AT,
                                new RoutesEpoch(7),
                                List.of(holding),
                                List.of("s")),
                        true,
                        AT));
        schemas.assertDescribes(
                "Agent",
                Keyspaces.document(
                        new AgentRecord(new AgentId("a"), "web-3", 41, "1", AT, null, List.of(), List.of()),
                        false,
                        null));
    }

    @Test
    void differencesAndWaits() throws Exception {
        DocumentSchemas schemas = new DocumentSchemas();
        ShardName source = new ShardName("shop-0");
        ShardName target = new ShardName("shop-1");
        schemas.assertDescribes(
                "Difference",
                Json.tree(new Difference(
                        source, target, "orders", "(1)", null, null, "id=1", Difference.Outcome.REMAINS, AT)));
        Problem problem = Problem.of(ErrorCode.ROWS_DIFFER, "3 rows differ")
                .because("a writer")
                .remedy("look")
                .withErrors(List.of(new FieldError(null, null, "orders", "differs", null)));
        schemas.assertDescribes("Wait", new BlockedBy.Wait(problem, AT, BlockedBy.Actor.OPERATOR).document());
        schemas.assertDescribes(
                "Wait",
                new BlockedBy.Wait(Problem.of(ErrorCode.ROWS_DIFFER, "3 rows differ"), null, BlockedBy.Actor.SYSTEM)
                        .document());
    }
}
