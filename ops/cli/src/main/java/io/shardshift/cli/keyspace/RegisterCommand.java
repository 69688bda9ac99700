package io.shardshift.cli.keyspace;

import static io.shardshift.cli.rest.ControllerClient.segment;

import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.plan.PlanFile;
import io.shardshift.cli.rest.Call;
import io.shardshift.cli.rest.Reply;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code keyspace register FILE}. Twice is harmless: what is registered already is left as it is. */
@Command(name = "register", description = "Registers the keyspace of FILE.")
public final class RegisterCommand implements Callable<Integer> {
    private static final int CREATED = 201;

    private final Invocation invocation;

    @Parameters(paramLabel = "FILE", description = "the keyspace, as YAML or JSON")
    private Path file = Path.of("");

    public RegisterCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        PlanFile read = PlanFile.read(file);
        String name = read.keyspace().name().value();
        Reply reply = invocation
                .controller()
                .call(Call.send("PUT", "/keyspaces/" + segment(name), read.text(), read.mediaType(), read.label()));
        String outcome = reply.status() == CREATED ? " is registered now" : " is registered; it was known before";
        invocation.show(reply, json -> "keyspace " + name + outcome);
        return ExitCode.DONE;
    }
}
