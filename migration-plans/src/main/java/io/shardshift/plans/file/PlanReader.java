package io.shardshift.plans.file;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.ProblemException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a keyspace or a plan, from a file or a request's body, YAML 1.2 or JSON. What needs the file alone is checked
 * here; {@link io.shardshift.plans.move.PlanCheck} checks a plan against its keyspace. Input is bounded: 4 Mi
 * characters, 16 levels, no aliases. Thread-safe.
 */
public final class PlanReader {
    private PlanReader() {}

    /**
     * Throws BAD_KEYSPACE with every error found, each with file, line and field.
     *
     * @param fileName as errors shall name it, null for a request's body
     */
    public static Keyspace readKeyspace(@Nullable String fileName, String text) throws ProblemException {
        return read(ErrorCode.BAD_KEYSPACE, "keyspace", fileName, text, root -> new KeyspaceForm(root).read());
    }

    /**
     * Throws BAD_PLAN with every error found, each with file, line and field.
     *
     * @param fileName as errors shall name it, null for a request's body
     */
    public static MigrationPlan readPlan(@Nullable String fileName, String text) throws ProblemException {
        return read(ErrorCode.BAD_PLAN, "plan", fileName, text, root -> new PlanForm(root).read());
    }

    private static <T> T read(
            ErrorCode code, String kind, @Nullable String fileName, String text, Function<Value, @Nullable T> form)
            throws ProblemException {
        Errors errors = new Errors(fileName);
        Value root = YamlText.root(text, errors);
        T result = root == null ? null : form.apply(root);
        if (result == null || !errors.isEmpty()) {
            throw errors.problem(code, kind);
        }
        return result;
    }
}
