package io.shardshift.cli.migration;

import static io.shardshift.cli.rest.ControllerClient.segment;

import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.console.NameText;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.rest.Call;
import io.shardshift.cli.view.StatusView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code advance|pause|resume|rollback|complete|purge NAME}: one of the API's commands to a migration. */
@Command
public final class SteeringCommand implements Callable<Integer> {
    /** What can be told to a migration. */
    public enum Verb {
        /** Not repeatable: after a lost answer, the next gate could be the one that a second request opens. */
        ADVANCE("advance", "Opens the gate at which a migration waits.", false),
        PAUSE("pause", "Stops copy, verification and transitions; streams and dual write go on.", true),
        RESUME("resume", "Ends a pause.", true),
        ROLLBACK("rollback", "Takes a migration back; works in every state before COMPLETE.", true),
        /** Not repeatable, as {@link #ADVANCE}. */
        COMPLETE("complete", "Opens the last gate: from there on there is no way back.", false),
        PURGE("purge", "Removes moved rows from the shards that do not own them any more.", true);

        private final String word;
        private final String description;
        private final boolean repeatable;

        Verb(String word, String description, boolean repeatable) {
            this.word = word;
            this.description = description;
            this.repeatable = repeatable;
        }

        public String word() {
            return word;
        }

        public String description() {
            return description;
        }
    }

    private final Invocation invocation;
    private final Verb verb;

    @Parameters(paramLabel = "NAME", converter = NameText.Migration.class, description = "the migration")
    private String name = "";

    public SteeringCommand(Invocation invocation, Verb verb) {
        this.invocation = invocation;
        this.verb = verb;
    }

    @Override
    public Integer call() {
        invocation.show(
                invocation
                        .controller()
                        .call(Call.post("/migrations/" + segment(name) + "/" + verb.word, verb.repeatable)),
                json -> json.isObject() ? StatusView.line(json) : name + ": " + verb.word + " is done");
        return ExitCode.DONE;
    }
}
