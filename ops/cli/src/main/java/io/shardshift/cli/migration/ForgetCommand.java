package io.shardshift.cli.migration;

import static io.shardshift.cli.rest.ControllerClient.segment;

import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.console.NameText;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.rest.Call;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code forget NAME}: the controller keeps nothing of a migration that has ended, and its name is free again. */
@Command(name = "forget", description = "Forgets a migration that has ended: its name is free again.")
public final class ForgetCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", converter = NameText.Migration.class, description = "the migration")
    private String name = "";

    public ForgetCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        invocation.show(
                invocation.controller().call(Call.delete("/migrations/" + segment(name))),
                json -> name + " is forgotten");
        return ExitCode.DONE;
    }
}
