package io.shardshift.cli.migration;

import static io.shardshift.cli.rest.ControllerClient.segment;

import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.console.NameText;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.rest.Call;
import io.shardshift.cli.rest.Reply;
import io.shardshift.cli.view.StatusView;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code status [NAME]}: one migration as a screen, or all as a table. */
@Command(name = "status", description = "Shows a migration, or all of them.")
public final class StatusCommand implements Callable<Integer> {
    private final Invocation invocation;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            converter = NameText.Migration.class,
            description = "the migration; all of them if left out")
    private @Nullable String name;

    @Mixin
    private WatchOptions watch = new WatchOptions();

    @Spec
    private @Nullable CommandSpec spec;

    public StatusCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        if (name == null) {
            if (watch.wanted() && spec != null) {
                throw new ParameterException(spec.commandLine(), "--watch and --timeout need the NAME of a migration");
            }
            Reply reply = invocation.controller().call(Call.get("/migrations"));
            invocation.show(reply, json -> StatusView.table(reply.list("migrations"), invocation.now()));
            return ExitCode.DONE;
        }
        if (watch.wanted()) {
            return new StatusWatch(invocation, name, watch.timeout()).run();
        }
        invocation.show(
                invocation.controller().call(Call.get("/migrations/" + segment(name))),
                json -> StatusView.screen(json, invocation.now(), invocation.terminal()));
        return ExitCode.DONE;
    }
}
