package io.shardshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.view.ProblemLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code plan validate FILE}: all mistakes of a file; with {@code --json} as {@code {"valid", "errors"}}. */
@Command(name = "validate", description = "Says what is wrong with a file; nothing is submitted.")
public final class ValidateCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Invocation invocation;
    private final PlanValidator validator;

    @Parameters(paramLabel = "FILE", description = "a keyspace or a plan, as YAML or JSON")
    private Path file = Path.of("");

    public ValidateCommand(Invocation invocation, PlanValidator validator) {
        this.invocation = invocation;
        this.validator = validator;
    }

    @Override
    public Integer call() {
        PlanFile read = PlanFile.read(file);
        List<PlanValidator.PlanError> errors = validator.validate(read);
        JsonNode list = JSON.valueToTree(errors);
        if (invocation.json()) {
            invocation.print(JSON.valueToTree(Map.of("valid", errors.isEmpty(), "errors", list))
                    .toString());
        } else if (errors.isEmpty()) {
            invocation.print(read.label() + " is valid");
        }
        for (JsonNode error : list) {
            invocation.printError(ProblemLayout.error(error, read.label()));
        }
        return errors.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED;
    }
}
