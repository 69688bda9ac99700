package io.shardshift.cli.plan;

import static io.shardshift.cli.rest.ControllerClient.segment;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.failure.Failure;
import io.shardshift.cli.rest.Call;
import io.shardshift.cli.rest.ControllerClient;
import io.shardshift.cli.rest.Reply;
import io.shardshift.cli.view.DryRunView;
import io.shardshift.plans.move.Shape;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code plan explain FILE}: what a controller would do, and what its preflight says. Nothing changes. */
@Command(
        name = "explain",
        description = "Shows what a plan would do (shape, groups, gates, steps) and what the preflight says; nothing is"
                + " changed.")
public final class ExplainCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "FILE", description = "the plan, as YAML or JSON")
    private Path file = Path.of("");

    public ExplainCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        return explain(invocation, PlanFile.read(file));
    }

    /** REFUSED where a check of the preflight fails: submitted, the plan would end before anything moves. */
    static int explain(Invocation invocation, PlanFile file) {
        MigrationPlan plan = file.plan();
        ControllerClient controller = invocation.controller();
        Reply dryRun = controller.call(
                Call.send("POST", "/migrations?dryRun=true", file.text(), file.mediaType(), file.label()));
        if (invocation.json()) {
            invocation.show(dryRun, JsonNode::toString);
        } else {
            JsonNode keyspace = controller
                    .call(Call.get("/keyspaces/" + segment(plan.keyspace().value())))
                    .json();
            invocation.print(DryRunView.screen(plan, shape(plan, keyspace), dryRun.json()));
        }
        return DryRunView.isRefused(dryRun.json()) ? ExitCode.REFUSED : ExitCode.DONE;
    }

    /** The shape follows from today's slot map, which the controller has, and the plan's. */
    private static Shape shape(MigrationPlan plan, JsonNode keyspace) {
        try {
            Map<ShardName, SlotRanges> today = new TreeMap<>();
            for (Map.Entry<String, JsonNode> shard : keyspace.path("slotMap").properties()) {
                today.put(
                        new ShardName(shard.getKey()),
                        SlotRanges.parse(shard.getValue().asText()));
            }
            return Shape.of(new SlotMap(keyspace.path("slots").asInt(), new TreeMap<>(today)), plan.slotMap());
        } catch (IllegalArgumentException e) {
            throw Failure.of(
                    ExitCode.FAILED,
                    "SLOT_MAP_CHANGED",
                    "The slot map of " + plan.keyspace() + " is not the one that the dry run saw. Nothing has changed.",
                    e.getMessage(),
                    "run it again",
                    e);
        }
    }
}
