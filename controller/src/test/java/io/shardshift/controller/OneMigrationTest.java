package io.shardshift.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.resources.DocumentSchemas;
import io.shardshift.coordination.CuratorCoordination;
import io.shardshift.coordination.Operation;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A keyspace while a migration of it is under way; a whole controller on real servers. */
@Timeout(240)
class OneMigrationTest {
    private static void assertBusy(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(409);
        assertThat(RunningController.document(response).path("code").textValue())
                .isEqualTo("KEYSPACE_BUSY");
    }

    @Test
    void noOtherBeginsAndTheKeyspaceStaysAsItIs() throws Exception { // [31]
        try (ShopOnServers shop = new ShopOnServers(10);
                RunningController controller = new RunningController(RunningController.variables(shop))) {
            DocumentSchemas schemas = new DocumentSchemas();
            JsonNode keyspace = controller.done("PUT", "/keyspaces/shop", shop.keyspace());
            assertThat(controller
                            .call(
                                    "PUT",
                                    "/keyspaces/shop",
                                    keyspace.path("registered").toString())
                            .statusCode())
                    .as("what is registered, and how a file says it")
                    .isEqualTo(200);
            for (String path : List.of("/migrations?dryRun=true", "/migrations")) {
                HttpResponse<String> bad = controller.call(
                        "POST",
                        path,
                        shop.plan("bad", "").replace("slotMap: {shop-1: 8-15}", "slotMap: {shop-7: 8-15}"));
                assertThat(bad.statusCode()).as(bad.body()).isEqualTo(422);
                assertThat(RunningController.document(bad).path("errors"))
                        .hasSize(2)
                        .allSatisfy(error -> assertThat(error.path("line").asInt())
                                .isEqualTo(error.path("field").asText().equals("slotMap.shop-7") ? 4 : 3));
            }
            schemas.assertDescribes(
                    "DryRun", controller.done("POST", "/migrations?dryRun=true", shop.plan("first", "")));
            schemas.assertDescribes(
                    "Status", controller.done("POST", "/migrations", shop.plan("first", "gates: {dualWrite: manual}")));
            schemas.assertDescribes("Status", controller.awaitState("first", "WAITING"));
            assertBusy(controller.call("POST", "/migrations", shop.plan("second", "")));
            assertBusy(controller.call("POST", "/migrations?dryRun=true", shop.plan("second", "")));
            assertBusy(controller.call(
                    "PUT",
                    "/keyspaces/shop",
                    shop.keyspace()
                            .replace("{orders: {shardKey: id}}", "{orders: {shardKey: id}, x: {shardKey: id}}")));
            assertThat(controller.call("GET", "/migrations/second", null).statusCode())
                    .isEqualTo(404);
            controller.done("POST", "/migrations/first/rollback", null);
            schemas.assertDescribes("Status", controller.awaitState("first", "ROLLED_BACK"));
            schemas.assertDescribes("Keyspace", controller.done("GET", "/keyspaces/shop", null));
            controller.done("POST", "/migrations", shop.plan("second", "gates: {dualWrite: manual}"));
        }
    }

    @Test
    void aMigrationThatWasForgottenByHalfHidesNoOther() throws Exception {
        try (ShopOnServers shop = new ShopOnServers(0)) {
            Map<String, String> variables = RunningController.variables(shop);
            try (RunningController controller = new RunningController(variables)) {
                controller.done("PUT", "/keyspaces/shop", shop.keyspace());
                controller.done("POST", "/migrations", shop.plan("first", "gates: {dualWrite: manual}"));
                controller.done("POST", "/migrations/first/rollback", null);
                controller.awaitState("first", "ROLLED_BACK");
                controller.done("POST", "/migrations", shop.plan("second", "gates: {dualWrite: manual}"));
            }
            try (CuratorCoordination coordination = CuratorCoordination.connect(
                    Objects.requireNonNull(variables.get("SHARDSHIFT_ZOOKEEPER")),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(4))) {
                coordination.transact(
                        new Operation.Delete(ZnodePaths.state(new MigrationName("first")), Operation.ANY));
            }
            try (RunningController controller = new RunningController(variables)) {
                controller.awaitHealth("leads");
                assertThat(controller.done("GET", "/migrations", null).toString())
                        .contains("\"second\"")
                        .doesNotContain("\"first\"");
                HttpResponse<String> taken = controller.call("POST", "/migrations", shop.plan("first", ""));
                assertThat(RunningController.document(taken).path("code").textValue())
                        .isEqualTo("MIGRATION_NAME_TAKEN");
                assertThat(controller.call("DELETE", "/migrations/first", null).statusCode())
                        .isEqualTo(204);
                assertThat(controller.call("DELETE", "/migrations/first", null).statusCode())
                        .isEqualTo(404);
                assertThat(controller.done("GET", "/keyspaces/shop", null).path("migrations"))
                        .hasSize(1);
            }
        }
    }
}
