package io.shardshift.cli.plan;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.cli.failure.ExitCode;
import io.shardshift.cli.failure.Failure;
import io.shardshift.plans.file.FileHead;
import io.shardshift.plans.file.FileHead.Kind;
import io.shardshift.plans.file.PlanReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A keyspace's or a plan's file. What goes to a controller was read here before, with the controller's own reader: a
 * mistake costs no round trip, and a password that stands where it must not does not leave the machine.
 *
 * @param label how messages call it: the path as the operator wrote it
 * @param kind what it describes, told from its content
 */
public record PlanFile(String label, String text, Kind kind) {
    /** Twice what the reader takes: a device or a dump is not read into memory to be refused. */
    private static final long MOST_BYTES = 8L * 1024 * 1024;

    /**
     * Reads {@code path}; JSON is YAML here.
     *
     * <p>{@link Failure}: USAGE for a file that cannot be read, REFUSED for one that is neither keyspace nor plan.
     */
    public static PlanFile read(Path path) {
        String label = path.toString();
        String text = text(path, label);
        try {
            Kind kind = FileHead.of(label, text).kind();
            if (kind != null) {
                return new PlanFile(label, text, kind);
            }
        } catch (ProblemException e) {
            throw Failure.of(ExitCode.REFUSED, e);
        }
        throw Failure.of(
                ExitCode.REFUSED,
                "FILE_NOT_RECOGNISED",
                label + " is neither a keyspace nor a plan.",
                "it names neither a migration nor a keyspace",
                "begin it with 'keyspace: NAME' or 'migration: NAME'",
                null);
    }

    private static String text(Path path, String label) {
        try {
            if (Files.isDirectory(path)) {
                throw notReadable(label, "it is a directory", null);
            }
            if (Files.size(path) > MOST_BYTES) {
                throw notReadable(label, "it is larger than " + MOST_BYTES + " bytes", null);
            }
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw notReadable(label, "there is no such file", e);
        } catch (AccessDeniedException e) {
            throw notReadable(label, "its permissions do not allow it", e);
        } catch (CharacterCodingException e) {
            throw notReadable(label, "it is not text in UTF-8", e);
        } catch (IOException e) {
            throw notReadable(label, e.toString(), e);
        }
    }

    private static Failure notReadable(String label, String why, @Nullable IOException cause) {
        return Failure.of(ExitCode.USAGE, "FILE_NOT_READABLE", label + " cannot be read.", why, null, cause);
    }

    /** The keyspace of this file. {@link Failure}: USAGE for a plan, REFUSED with every error for a bad keyspace. */
    public Keyspace keyspace() {
        requireKind(Kind.KEYSPACE);
        try {
            return PlanReader.readKeyspace(label, text);
        } catch (ProblemException e) {
            throw Failure.of(ExitCode.REFUSED, e);
        }
    }

    /** The plan of this file. {@link Failure}: USAGE for a keyspace, REFUSED with every error for a bad plan. */
    public MigrationPlan plan() {
        requireKind(Kind.PLAN);
        try {
            return PlanReader.readPlan(label, text);
        } catch (ProblemException e) {
            throw Failure.of(ExitCode.REFUSED, e);
        }
    }

    private void requireKind(Kind wanted) {
        if (kind == wanted) {
            return;
        }
        boolean keyspace = kind == Kind.KEYSPACE;
        throw Failure.of(
                ExitCode.USAGE,
                "WRONG_FILE",
                label + " describes a " + (keyspace ? "keyspace" : "plan") + ", this command takes a "
                        + (keyspace ? "plan" : "keyspace") + ".",
                null,
                (keyspace ? "shardshift keyspace register " : "shardshift submit ") + label,
                null);
    }

    public String mediaType() {
        return label.endsWith(".json") ? "application/json" : "application/yaml";
    }
}
