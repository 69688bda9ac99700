package io.shardshift.cli.plan;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.view.ProblemLayout;
import io.shardshift.plans.file.FileHead;
import io.shardshift.plans.file.PlanReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code plan validate FILE}: all mistakes of a file, a line each as compilers write them; with {@code --json} as
 * {@code {"valid", "errors"}}. Asks nobody: whether a plan fits its keyspace and its shards is for {@code plan explain}.
 */
@Command(
        name = "validate",
        description = "Says all that is wrong with a keyspace's or a plan's file; no controller is asked.")
public final class ValidateCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Invocation invocation;

    @Parameters(paramLabel = "FILE", description = "a keyspace or a plan, as YAML or JSON; its content says which")
    private Path file = Path.of("");

    public ValidateCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public Integer call() {
        PlanFile read = PlanFile.read(file);
        try {
            String summary = read.kind() == FileHead.Kind.KEYSPACE
                    ? summary(PlanReader.readKeyspace(read.label(), read.text()))
                    : summary(PlanReader.readPlan(read.label(), read.text()), read.label());
            show(List.of(), read.label() + " is valid: " + summary);
            return ExitCode.DONE;
        } catch (ProblemException e) {
            List<FieldError> errors = e.problem().errors();
            show(errors, null);
            for (FieldError error : errors) {
                invocation.printError(ProblemLayout.error(JSON.valueToTree(error), read.label()));
            }
            return ExitCode.REFUSED;
        }
    }

    private void show(List<FieldError> errors, @Nullable String text) {
        if (invocation.json()) {
            invocation.print(JSON.valueToTree(Map.of("valid", errors.isEmpty(), "errors", errors))
                    .toString());
        } else if (text != null) {
            invocation.print(text);
        }
    }

    private static String summary(Keyspace keyspace) {
        return "keyspace " + keyspace.name() + ", " + keyspace.slotMap().slots() + " slots on "
                + String.join(
                        ", ",
                        keyspace.shards().keySet().stream()
                                .map(shard -> shard.value())
                                .toList());
    }

    private static String summary(MigrationPlan plan, String label) {
        return "plan " + plan.name() + " for keyspace " + plan.keyspace()
                + "; whether it fits there says: shardshift plan explain " + label;
    }
}
