package io.shardshift.cli.plan;

import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.failure.Failure;
import io.shardshift.cli.view.ProblemLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A keyspace's or a plan's file: its text, and as much of its meaning as the command needs to know where to send it.
 *
 * @param label how messages call it: the path as the operator wrote it
 * @param name of the keyspace or of the migration
 */
public record PlanFile(String label, String text, Kind kind, String name) {
    /** What a file describes. */
    public enum Kind {
        KEYSPACE("keyspace"),
        PLAN("migration");

        private final String key;

        Kind(String key) {
            this.key = key;
        }
    }

    /**
     * Reads {@code path}; JSON is YAML here. The key {@code migration} makes it a plan, else {@code keyspace} a keyspace.
     *
     * <p>{@link Failure}: USAGE for a file that cannot be read, REFUSED for one that is neither.
     */
    public static PlanFile read(Path path) {
        String label = path.toString();
        String text;
        try {
            text = Files.readString(path);
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.USAGE,
                    ProblemLayout.of("FILE_NOT_READABLE", label + " cannot be read.", e.toString(), null),
                    null,
                    e);
        }
        Map<?, ?> keys = keys(label, text);
        for (Kind kind : new Kind[] {Kind.PLAN, Kind.KEYSPACE}) {
            Object name = keys.get(kind.key);
            if (name != null) {
                return new PlanFile(label, text, kind, name.toString());
            }
        }
        throw new Failure(
                ExitCode.REFUSED,
                ProblemLayout.of(
                        "FILE_NOT_RECOGNISED",
                        label + " is neither a keyspace nor a plan.",
                        "it names neither a migration nor a keyspace",
                        "begin it with 'keyspace: NAME' or 'migration: NAME'"));
    }

    private static Map<?, ?> keys(String label, String text) {
        try {
            Object root = new Load(LoadSettings.builder().setLabel(label).build()).loadFromString(text);
            return root instanceof Map<?, ?> map ? map : Map.of();
        } catch (YamlEngineException e) {
            String line = e instanceof MarkedYamlEngineException marked
                    ? marked.getProblemMark()
                            .map(mark -> ":" + (mark.getLine() + 1))
                            .orElse("")
                    : "";
            String problem = e instanceof MarkedYamlEngineException marked ? marked.getProblem() : e.getMessage();
            throw new Failure(
                    ExitCode.REFUSED,
                    ProblemLayout.of("FILE_NOT_YAML", label + line + " is not YAML.", problem, null),
                    null,
                    e);
        }
    }

    /** This file, if it is of {@code wanted} kind; else {@link Failure} with USAGE. */
    public PlanFile orRefuse(Kind wanted) {
        if (kind == wanted) {
            return this;
        }
        throw new Failure(
                ExitCode.USAGE,
                ProblemLayout.of(
                        "WRONG_FILE",
                        label + " describes a " + kind.key + ", this command takes a " + wanted.key + ".",
                        null,
                        kind == Kind.KEYSPACE
                                ? "shardshift keyspace register " + label
                                : "shardshift submit " + label));
    }

    public String mediaType() {
        return label.endsWith(".json") ? "application/json" : "application/yaml";
    }
}
