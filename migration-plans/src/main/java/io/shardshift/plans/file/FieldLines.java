package io.shardshift.plans.file;

import io.shardshift.api.problem.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the line of a field again, for errors that were found after the file had been read. */
public final class FieldLines {
    private FieldLines() {}

    /** The line of {@code field}, or of the nearest field around it; null where {@code text} has none of them. */
    public static @Nullable Integer of(String text, String field) {
        Value root = YamlText.root(text, new Errors(null));
        return root == null ? null : line(root, field);
    }

    /** The errors with the lines of their fields, where they have none and {@code text} has the field. */
    public static List<FieldError> filled(String text, List<FieldError> errors) {
        Value root = YamlText.root(text, new Errors(null));
        if (root == null) {
            return List.copyOf(errors);
        }
        List<FieldError> filled = new ArrayList<>();
        for (FieldError error : errors) {
            Integer line = error.line() == null ? line(root, error.field()) : error.line();
            filled.add(new FieldError(error.file(), line, error.field(), error.message(), error.suggestion()));
        }
        return filled;
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
