package io.shardshift.cli.keyspace;

import static io.shardshift.cli.rest.ControllerClient.segment;

import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.console.NameText;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.rest.Call;
import io.shardshift.cli.rest.Reply;
import io.shardshift.cli.view.KeyspaceView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code agents K}. */
@Command(
        name = "agents",
        description = "Lists the agents of a keyspace and the routes epoch that each has acknowledged.")
public final class AgentsCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "KEYSPACE", converter = NameText.Keyspace.class, description = "its name")
    private String keyspace = "";

    public AgentsCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        Reply reply = invocation.controller().call(Call.get("/keyspaces/" + segment(keyspace) + "/agents"));
        invocation.show(reply, json -> KeyspaceView.agents(reply.list("agents"), invocation.now()));
        return ExitCode.DONE;
    }
}
