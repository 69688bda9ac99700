package io.shardshift.api.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong or is waited for, as an operator reads it.
 *
 * @param code stable name
 * @param what one sentence with names and values filled in, and what has changed: nothing, this much, or unknown
 * @param why who or what causes it (host, process, statement), null when {@code what} says all
 * @param remedy what to do, null when nothing can be done but wait
 * @param errors the single errors of a file or a request, empty for other problems
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        ErrorCode code,
        String what,
        @Nullable String why,
        @Nullable String remedy,
        List<FieldError> errors) {
    public Problem {
        errors = List.copyOf(errors);
    }

    /** {@code what} may hold {@code {}} marks, filled with {@code values} in order. */
    public static Problem of(ErrorCode code, String what, Object... values) {
        return new Problem(code, fill(what, values), null, null, List.of());
    }

    public Problem because(String text, Object... values) {
        return new Problem(code, what, fill(text, values), remedy, errors);
    }

    public Problem remedy(String text, Object... values) {
        return new Problem(code, what, why, fill(text, values), errors);
    }

    public Problem withErrors(List<FieldError> found) {
        return new Problem(code, what, why, remedy, found);
    }

    private static String fill(String text, Object... values) {
        StringBuilder filled = new StringBuilder();
        int from = 0;
        for (Object value : values) {
            int mark = text.indexOf("{}", from);
            if (mark < 0) {
                throw new IllegalArgumentException("more values than {} in: " + text);
            }
            filled.append(text, from, mark).append(value);
            from = mark + 2;
        }
        return filled.append(text, from, text.length()).toString();
    }

    @Override
    public String toString() {
        return code + "  " + what + (why == null ? "" : "\n  why     " + why)
                + (remedy == null ? "" : "\n  remedy  " + remedy);
    }
}
