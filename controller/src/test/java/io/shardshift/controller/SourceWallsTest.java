package io.shardshift.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which source file may write which bookkeeping table: walls that no compiled class shows. */
class SourceWallsTest {
    private static final String WRITES = "(?:INSERT\\s+(?:IGNORE\\s+)?INTO|REPLACE\\s+INTO|UPDATE|DELETE\\s+FROM)\\s+";
    private static final String NAMED = "[\"\\s+]*(?:_shardshift_|(?:ShardTables\\.)?)";
    private static final Pattern FENCE_OR_HOLD =
            Pattern.compile(WRITES + NAMED + "(?:fence|hold)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern BOOKKEEPING =
            Pattern.compile(WRITES + NAMED + "(?:fence|hold|barrier|agent|heartbeat)\\b", Pattern.CASE_INSENSITIVE);

    /** {@code file: statement} of each match below {@code root}. */
    private static List<String> matches(Path root, Pattern pattern) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> path.toString().contains("src/main/java"))
                    .sorted()
                    .toList()) {
                Matcher matcher = pattern.matcher(Files.readString(file));
                while (matcher.find()) {
                    found.add(root.relativize(file) + ": " + matcher.group());
                }
            }
        }
        return found;
    }

    @Test
    void fencesAndHoldsAreWrittenByTheFencePackageAlone() throws IOException {
        List<String> ours = matches(Path.of("src/main/java"), FENCE_OR_HOLD);
        assertThat(ours)
                .isNotEmpty() // else the pattern has lost its meaning
                .allMatch(found -> found.startsWith("io/shardshift/controller/fence/"));
    }

    @Test
    void noApplicationsJarCanTakeOwnership() throws IOException {
        assertThat(matches(Path.of("../agent"), FENCE_OR_HOLD)).isEmpty();
        assertThat(matches(Path.of("../agent"), BOOKKEEPING))
                .isNotEmpty()
                .allMatch(found -> found.contains("/Registration.java:")); // its own row, and no other
    }
}
