package io.shardshift.cli.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardshift.cli.console.Invocation;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.failure.Failure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks a controller, by a dry run. A keyspace has none: it is judged when it is registered. */
public final class DryRunValidator implements PlanValidator {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Invocation invocation;

    public DryRunValidator(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public List<PlanError> validate(PlanFile file) {
        PlanFile plan = file.orRefuse(PlanFile.Kind.PLAN);
        try {
            invocation.controller().call(ExplainCommand.dryRun(plan));
            return List.of();
        } catch (Failure failure) {
            List<PlanError> errors = errors(plan, failure);
            if (errors.isEmpty()) {
                throw failure; // not about what the file says: a name that is taken, a token, no controller
            }
            return errors;
        }
    }

    private static List<PlanError> errors(PlanFile plan, Failure failure) {
        List<PlanError> errors = new ArrayList<>();
        String body = failure.json();
        if (failure.exitCode() != ExitCode.REFUSED || body == null) {
            return errors;
        }
        try {
            for (JsonNode error : JSON.readTree(body).path("errors")) {
                errors.add(new PlanError(
                        error.path("file").asText(plan.label()),
                        error.path("line").isInt()
                                ? Integer.valueOf(error.path("line").asInt())
                                : null,
                        text(error.path("field")),
                        error.path("message").asText("no reason given"),
                        text(error.path("suggestion"))));
            }
            return errors;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a failure's JSON was parsed before: " + body, e);
        }
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.asText() : null;
    }
}
