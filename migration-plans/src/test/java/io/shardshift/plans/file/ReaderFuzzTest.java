package io.shardshift.plans.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.problem.ProblemException;
import io.shardshift.plans.Examples;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever comes in, a value or a ProblemException that names its errors comes out. */
class ReaderFuzzTest {
    /** What stands in files, and what breaks readers. */
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ": ",
            "- ",
            "? ",
            "\n",
            "\n  ",
            "\t",
            ",",
            "\"",
            "'",
            "|\n",
            ">\n",
            "&a ",
            "*a",
            "!!str ",
            "!x ",
            "<<: ",
            "%YAML 1.2\n",
            "---\n",
            "...\n",
            "#",
            "null",
            "~",
            "-1",
            "65536",
            "99999999999999999999999",
            "0x10",
            "1e9",
            ".nan",
            "\u0000",
            "\uFEFF",
            "\uD800",
            "\u2028",
            "0-511",
            "0-65536",
            "5-3",
            "all",
            "shards",
            "slotMap",
            "tables",
            "range",
            "lookup",
            "shardFunction",
            "autoIncrement",
            "2s",
            "auto",
            "kill",
            "../x",
            "jdbc:mysql://a/b",
            "%",
            "@",
            "`");

    @Property(tries = 500, seed = "1")
    void anyBytes(@ForAll byte[] bytes) {
        readsOrRefuses(new String(bytes, StandardCharsets.UTF_8));
        readsOrRefuses(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    @Property(tries = 1000, seed = "1")
    void anyPieces(@ForAll("pieces") List<String> pieces) {
        readsOrRefuses(String.join("", pieces));
    }

    @Property(tries = 2000, seed = "1")
    void anExampleWithSomethingElseInPlaces(@ForAll long seed) {
        String text = mutated(new Random(seed));
        readsOrRefuses(text);
        fitsTheSchemaWhenRead(text);
    }

    @Provide
    Arbitrary<List<String>> pieces() {
        return Arbitraries.of(PIECES).list().ofMaxSize(40);
    }

    private static String mutated(Random random) {
        List<String> examples = Stream.concat(Examples.keyspaces().stream(), Examples.plans().stream())
                .map(Examples::text)
                .toList();
        StringBuilder text = new StringBuilder(examples.get(random.nextInt(examples.size())));
        for (int change = random.nextInt(4); change >= 0; change--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> text.replace(at, end, PIECES.get(random.nextInt(PIECES.size())));
                default -> words(text, random);
            }
        }
        return text.toString();
    }

    /** Puts a word of the file in the place of another one, so that most results are still YAML. */
    private static void words(StringBuilder text, Random random) {
        List<int[]> words = new ArrayList<>();
        Matcher matcher = Pattern.compile("[A-Za-z0-9_-]+").matcher(text);
        while (matcher.find()) {
            words.add(new int[] {matcher.start(), matcher.end()});
        }
        if (!words.isEmpty()) {
            int[] from = words.get(random.nextInt(words.size()));
            int[] to = words.get(random.nextInt(words.size()));
            text.replace(to[0], to[1], text.substring(from[0], from[1]));
        }
    }

    private static void readsOrRefuses(String text) {
        try {
            PlanReader.readKeyspace("fuzz.yaml", text);
        } catch (ProblemException e) {
            assertThat(e.problem().errors()).isNotEmpty();
        }
        try {
            PlanReader.readPlan("fuzz.yaml", text);
        } catch (ProblemException e) {
            assertThat(e.problem().errors()).isNotEmpty();
        }
    }

    private static void fitsTheSchemaWhenRead(String text) {
        try {
            PlanReader.readKeyspace(null, text);
            assertThat(SchemaTest.errors(SchemaTest.KEYSPACE, text)).as(text).isEmpty();
        } catch (ProblemException e) {
            assertThat(e.problem().errors()).isNotEmpty();
        }
        try {
            PlanReader.readPlan(null, text);
            assertThat(SchemaTest.errors(SchemaTest.PLAN, text)).as(text).isEmpty();
        } catch (ProblemException e) {
            assertThat(e.problem().errors()).isNotEmpty();
        }
    }
}
