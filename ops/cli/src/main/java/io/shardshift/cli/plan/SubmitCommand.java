package io.shardshift.cli.plan;

import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.migration.StatusWatch;
import io.shardshift.cli.migration.WatchOptions;
import io.shardshift.cli.rest.Call;
import io.shardshift.cli.rest.Reply;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code submit FILE}. Twice is harmless: the same plan again starts nothing. */
@Command(name = "submit", description = "Submits a plan; the migration starts at once.")
public final class SubmitCommand implements Callable<Integer> {
    private static final int CREATED = 201;

    private final Invocation invocation;

    @Parameters(paramLabel = "FILE", description = "the plan, as YAML or JSON")
    private Path file = Path.of("");

    @Option(names = "--dry-run", description = "preflight and steps only; nothing is changed")
    private boolean dryRun;

    @Mixin
    private WatchOptions watch = new WatchOptions();

    public SubmitCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        PlanFile read = PlanFile.read(file);
        if (dryRun) {
            return ExplainCommand.explain(invocation, read);
        }
        String name = read.plan().name().value();
        Reply reply = invocation
                .controller()
                .call(Call.send("POST", "/migrations", read.text(), read.mediaType(), read.label()));
        if (watch.wanted()) {
            return new StatusWatch(invocation, name, watch.timeout()).run();
        }
        String outcome = reply.status() == CREATED ? " is submitted" : " was submitted before";
        invocation.show(reply, json -> name + outcome + "; see: shardshift status " + name + " --watch");
        return ExitCode.DONE;
    }
}
