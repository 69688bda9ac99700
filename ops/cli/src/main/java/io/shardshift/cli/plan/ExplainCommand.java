package io.shardshift.cli.plan;

import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.rest.Call;
import io.shardshift.cli.rest.Reply;
import io.shardshift.cli.view.DryRunView;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code plan explain FILE}: what a controller would do, and what its preflight says. Nothing changes. */
@Command(name = "explain", description = "Shows the steps of a plan and what the preflight says; nothing is changed.")
public final class ExplainCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "FILE", description = "the plan, as YAML or JSON")
    private Path file = Path.of("");

    public ExplainCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        return explain(invocation, PlanFile.read(file).orRefuse(PlanFile.Kind.PLAN));
    }

    static int explain(Invocation invocation, PlanFile plan) {
        Reply reply = invocation.controller().call(dryRun(plan));
        invocation.show(reply, DryRunView::screen);
        return DryRunView.isRefused(reply.json()) ? ExitCode.REFUSED : ExitCode.DONE;
    }

    static Call dryRun(PlanFile plan) {
        return Call.send("POST", "/migrations?dryRun=true", plan.text(), plan.mediaType(), plan.label());
    }
}
