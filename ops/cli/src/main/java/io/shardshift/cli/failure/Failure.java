package io.shardshift.cli.failure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.cli.view.ProblemLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ends a command: the exit code, the report for stderr and the same as JSON, for {@code --json}. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int exitCode;
    private final String report;
    private final @Nullable String json;

    /** {@code report} is shown as it is, in the layout of {@code ProblemLayout}. */
    public Failure(int exitCode, String report) {
        this(exitCode, report, null, null);
    }

    /** {@code json} is a problem as controllers send it; {@code cause} is kept for whoever debugs the command. */
    public Failure(int exitCode, String report, @Nullable String json, @Nullable Throwable cause) {
        super(report, cause);
        this.exitCode = exitCode;
        this.report = report;
        this.json = json;
    }

    /** What the command found by itself; {@code null} leaves a line out. */
    public static Failure of(
            int exitCode,
            String code,
            String what,
            @Nullable String why,
            @Nullable String remedy,
            @Nullable Throwable cause) {
        return of(exitCode, json(code, what, why, remedy, List.of()), cause);
    }

    /** What a reader of files found, with all its errors. */
    public static Failure of(int exitCode, ProblemException found) {
        Problem problem = found.problem();
        return of(
                exitCode,
                json(problem.code().name(), problem.what(), problem.why(), problem.remedy(), problem.errors()),
                found);
    }

    private static Failure of(int exitCode, ObjectNode json, @Nullable Throwable cause) {
        return new Failure(exitCode, ProblemLayout.ofProblem(json, 0, null), json.toString(), cause);
    }

    private static ObjectNode json(
            String code, String what, @Nullable String why, @Nullable String remedy, List<FieldError> errors) {
        ObjectNode json = JSON.createObjectNode();
        json.put("code", code).put("title", what);
        if (why != null) {
            json.put("detail", why);
        }
        if (remedy != null) {
            json.put("remedy", remedy);
        }
        json.set("errors", JSON.valueToTree(errors));
        return json;
    }

    /** The same with one more field in its JSON, and below its report {@code shown}. */
    public Failure with(String field, JsonNode value, String shown) {
        String both = report + "\n" + shown;
        if (json == null) {
            return new Failure(exitCode, both, null, this);
        }
        try {
            ObjectNode more = (ObjectNode) JSON.readTree(json);
            more.set(field, value);
            return new Failure(exitCode, both, more.toString(), getCause());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem is an object", e);
        }
    }

    public int exitCode() {
        return exitCode;
    }

    public String report() {
        return report;
    }

    public @Nullable String json() {
        return json;
    }
}
