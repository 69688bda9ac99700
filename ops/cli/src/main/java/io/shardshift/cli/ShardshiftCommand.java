package io.shardshift.cli;

import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.failure.Failure;
import io.shardshift.cli.keyspace.AgentsCommand;
import io.shardshift.cli.keyspace.RegisterCommand;
import io.shardshift.cli.keyspace.ShowCommand;
import io.shardshift.cli.migration.DifferencesCommand;
import io.shardshift.cli.migration.ForgetCommand;
import io.shardshift.cli.migration.StatusCommand;
import io.shardshift.cli.migration.SteeringCommand;
import io.shardshift.cli.plan.ExplainCommand;
import io.shardshift.cli.plan.SubmitCommand;
import io.shardshift.cli.plan.ValidateCommand;
import io.shardshift.cli.rest.Pace;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code shardshift}: puts the subcommands together and runs one. */
@Command(
        name = "shardshift",
        description = "Moves live MySQL keyspaces to new shards: the client of a Shardshift controller.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Environment: SHARDSHIFT_URL, the controller (http://127.0.0.1:8080); SHARDSHIFT_TOKEN, its bearer token.",
            "Exit codes: 0 done, 1 failed, 2 usage, 3 refused, 4 blocked or still waiting, 5 controller out of reach."
        })
public final class ShardshiftCommand {
    private final Invocation invocation;

    private ShardshiftCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "the controller's JSON as it is, on standard output; a problem too")
    void setJson(boolean value) {
        invocation.useJson(value);
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli acts on it by itself
    private boolean help;

    /**
     * Runs one command line and returns its exit code, one of those in the footer above. Nothing is kept between runs.
     *
     * @param environment where SHARDSHIFT_URL and SHARDSHIFT_TOKEN are looked up
     * @param terminal whether {@code out} is a terminal, so that a watch may draw over what it has drawn
     */
    public static int run(
            Map<String, String> environment,
            PrintStream out,
            PrintStream err,
            boolean terminal,
            Clock clock,
            Pace pace,
            String... args) {
        Invocation invocation = new Invocation(environment, out, err, terminal, clock, pace);
        return commandLine(invocation)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setExecutionExceptionHandler((exception, command, parsed) -> {
                    if (exception instanceof Failure failure) {
                        return invocation.end(failure);
                    }
                    throw exception; // our bug: picocli prints its trace and ends with 1
                })
                .execute(args);
    }

    private static CommandLine commandLine(Invocation invocation) {
        CommandLine root = new CommandLine(new ShardshiftCommand(invocation))
                .addSubcommand(group("keyspace", "Registers and shows keyspaces.")
                        .addSubcommand(new RegisterCommand(invocation))
                        .addSubcommand(new ShowCommand(invocation)))
                .addSubcommand(group("plan", "Validates and explains plans; changes nothing.")
                        .addSubcommand(new ValidateCommand(invocation))
                        .addSubcommand(new ExplainCommand(invocation)))
                .addSubcommand(new SubmitCommand(invocation))
                .addSubcommand(new StatusCommand(invocation));
        for (SteeringCommand.Verb verb : SteeringCommand.Verb.values()) {
            CommandLine steering = new CommandLine(new SteeringCommand(invocation, verb));
            steering.getCommandSpec().usageMessage().description(verb.description());
            root.addSubcommand(verb.word(), steering);
        }
        return root.addSubcommand(new DifferencesCommand(invocation))
                .addSubcommand(new ForgetCommand(invocation))
                .addSubcommand(new AgentsCommand(invocation));
    }

    private static CommandLine group(String word, String description) {
        CommandLine group = new CommandLine(new Group()).setCommandName(word);
        group.getCommandSpec().usageMessage().synopsisSubcommandLabel("COMMAND");
        group.getCommandSpec().usageMessage().description(description);
        return group;
    }

    /** A word before other commands; alone it is a mistake, and picocli says what may follow. */
    @Command
    private static final class Group {}
}
