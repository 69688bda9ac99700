package io.shardshift.cli.keyspace;

import static io.shardshift.cli.rest.ControllerClient.segment;

import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.console.NameText;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.rest.Call;
import io.shardshift.cli.view.KeyspaceView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code keyspace show K}. */
@Command(name = "show", description = "Shows a keyspace: its slot map, shards, tables and migrations.")
public final class ShowCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "KEYSPACE", converter = NameText.Keyspace.class, description = "its name")
    private String keyspace = "";

    public ShowCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        invocation.show(
                invocation.controller().call(Call.get("/keyspaces/" + segment(keyspace))), KeyspaceView::screen);
        return ExitCode.DONE;
    }
}
