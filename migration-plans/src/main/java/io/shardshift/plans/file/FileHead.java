package io.shardshift.plans.file;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a file is, told from its content, also where the content is full of errors.
 *
 * @param kind null where nothing in the file says so
 * @param name of the keyspace or the migration as it is written, perhaps no valid name; null where there is none
 */
public record FileHead(@Nullable Kind kind, @Nullable String name) {
    /** What a file describes. */
    public enum Kind {
        KEYSPACE("keyspace"),
        PLAN("migration");

        private final String nameField;

        Kind(String nameField) {
            this.nameField = nameField;
        }

        private List<String> fields() {
            return this == KEYSPACE ? KeyspaceForm.FIELDS : PlanForm.FIELDS;
        }
    }

    /**
     * Looks at the names of the fields alone; one that is misspelt counts as the field that it is near to.
     *
     * @param fileName as errors shall name it, null for a request's body
     * @throws ProblemException BAD_REQUEST for what is no mapping of fields in YAML or JSON
     */
    public static FileHead of(@Nullable String fileName, String text) throws ProblemException {
        Errors errors = new Errors(fileName);
        Value root = YamlText.root(text, errors);
        if (root != null && !root.isMapping()) {
            root.expected("a mapping of fields");
        }
        if (root == null || !errors.isEmpty()) {
            throw errors.problem(ErrorCode.BAD_REQUEST, "file");
        }
        Map<String, Value> entries = root.entriesAgain();
        Kind kind = kind(entries.keySet());
        Value name = kind == null ? null : entries.get(kind.nameField);
        return new FileHead(kind, name == null ? null : name.scalar());
    }

    /** A plan names a keyspace too, so a migration's name decides; then the fields that only one of both has. */
    private static @Nullable Kind kind(Set<String> found) {
        if (found.contains(Kind.PLAN.nameField)) {
            return Kind.PLAN;
        }
        long ofPlan = only(found, Kind.PLAN, Kind.KEYSPACE);
        long ofKeyspace = only(found, Kind.KEYSPACE, Kind.PLAN);
        if (ofPlan > ofKeyspace) {
            return Kind.PLAN;
        }
        return ofKeyspace > 0 || found.contains(Kind.KEYSPACE.nameField) ? Kind.KEYSPACE : null;
    }

    private static long only(Set<String> found, Kind one, Kind other) {
        List<String> own = one.fields().stream()
                .filter(field -> !other.fields().contains(field))
                .toList();
        return found.stream()
                .filter(field -> !other.fields().contains(field))
                .filter(field -> own.contains(field) || Words.nearest(field, own) != null)
                .limit(own.size()) // more are no better evidence, and a hostile file has a million
                .count();
    }
}
