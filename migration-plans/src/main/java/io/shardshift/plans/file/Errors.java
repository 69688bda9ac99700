package io.shardshift.plans.file;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with one file. One thread. */
final class Errors {
    /** Enough for any file that a person wrote; a hostile one must not make an answer larger than itself. */
    static final int MAX_ERRORS = 1_000;

    /** Near misses are costly to find, and nobody reads on after so many. */
    private static final int MAX_SUGGESTED = 100;

    private final @Nullable String file;
    private final List<FieldError> found = new ArrayList<>();

    Errors(@Nullable String file) {
        this.file = file;
    }

    void add(int line, String field, String message, @Nullable String suggestion) {
        if (found.size() < MAX_ERRORS) {
            found.add(new FieldError(file, line, field.isEmpty() ? "(file)" : field, message, suggestion));
        }
    }

    /** Whether an error added now is worth a look for the word that was meant. */
    boolean suggest() {
        return found.size() < MAX_SUGGESTED;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** All that was found, in the order of the lines. */
    ProblemException problem(ErrorCode code, String kind) {
        List<FieldError> byLine = new ArrayList<>(found);
        byLine.sort(Comparator.comparing(error -> error.line() == null ? 0 : error.line()));
        String name = file == null ? "the " + kind : file;
        String count = found.size() == 1 ? "one error" : found.size() + " errors";
        if (found.size() == MAX_ERRORS) {
            count = "at least " + count;
        }
        return new ProblemException(Problem.of(code, "{} has {}; nothing has changed", name, count)
                .remedy("mend each field that is named and send the {} again", kind)
                .withErrors(byLine));
    }
}
