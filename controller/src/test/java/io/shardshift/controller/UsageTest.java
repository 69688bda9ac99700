package io.shardshift.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code controller --help} says. */
class UsageTest {
    private static final Pattern VARIABLE = Pattern.compile("SHARDSHIFT_[A-Z_]*[A-Z]");

    private static Set<String> variables(String text) {
        Set<String> variables = new TreeSet<>();
        Matcher matcher = VARIABLE.matcher(text);
        while (matcher.find()) {
            variables.add(matcher.group());
        }
        return variables;
    }

    private static Set<String> read(String source) throws IOException {
        return variables(Files.readString(Path.of(source)));
    }

    @Test
    void eachVariableThatIsReadIsExplained() throws IOException {
        Set<String> explained = variables(ControllerMain.USAGE);

        assertThat(explained)
                .containsAll(read("src/main/java/io/shardshift/controller/resources/ControllerConfiguration.java"))
                .containsAll(read("../ops/bin/lib.sh"))
                .contains("SHARDSHIFT_CREDENTIALS_DIR");
        assertThat(ControllerMain.USAGE.lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(130));
    }
}
