package io.shardshift.plans.file;

import io.shardshift.api.problem.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the lines of fields again, for errors that were found after the file had been read. */
public final class FieldLines {
    private FieldLines() {}

    /**
     * The same errors, each that knows no line with that of its field in {@code text}, or of the nearest field around it;
     * unchanged where the text has no such field.
     */
    public static List<FieldError> located(List<FieldError> errors, String text) {
        Value root = YamlText.root(text, new Errors(null));
        if (root == null || !root.isMapping()) {
            return errors;
        }
        List<FieldError> located = new ArrayList<>();
        for (FieldError error : errors) {
            located.add(
                    error.line() != null
                            ? error
                            : new FieldError(
                                    error.file(),
                                    line(root, error.field()),
                                    error.field(),
                                    error.message(),
                                    error.suggestion()));
        }
        return List.copyOf(located);
    }

    /** Follows the path down as far as it goes. A key may hold a dot, so the longest one that fits is taken. */
    private static @Nullable Integer line(Value root, String path) {
        Value at = root;
        String rest = path;
        Integer line = null;
        while (at != null && at.isMapping() && !rest.isEmpty()) {
            Map<String, Value> entries = at.entriesAgain();
            String key = null;
            for (String candidate : entries.keySet()) {
                boolean fits =
                        rest.equals(candidate) || rest.startsWith(candidate + ".") || rest.startsWith(candidate + "[");
                if (fits && (key == null || candidate.length() > key.length())) {
                    key = candidate;
                }
            }
            at = key == null ? null : entries.get(key);
            if (key != null && at != null) {
                line = at.line();
                rest = rest.substring(Math.min(rest.length(), key.length() + 1));
            }
        }
        return line;
    }
}
