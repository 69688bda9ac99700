package io.shardshift.cli.migration;

import static io.shardshift.cli.rest.ControllerClient.segment;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.console.NameText;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.rest.Call;
import io.shardshift.cli.rest.ControllerClient;
import io.shardshift.cli.rest.Reply;
import io.shardshift.cli.view.DifferencesView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code differences NAME}: the rows that verification found different, both values, and what became of each. */
@Command(
        name = "differences",
        description = "Shows the rows that verification found different: key, column, both values, and whether they are"
                + " repaired.")
public final class DifferencesCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(paramLabel = "NAME", converter = NameText.Migration.class, description = "the migration")
    private String name = "";

    public DifferencesCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        ControllerClient controller = invocation.controller();
        String path = "/migrations/" + segment(name);
        Reply differences = controller.call(Call.get(path + "/differences"));
        if (invocation.json()) {
            invocation.show(differences, JsonNode::toString);
        } else {
            JsonNode verification = controller.call(Call.get(path)).json().path("verification");
            invocation.print(DifferencesView.screen(name, differences.list("differences"), verification));
        }
        return ExitCode.DONE;
    }
}
