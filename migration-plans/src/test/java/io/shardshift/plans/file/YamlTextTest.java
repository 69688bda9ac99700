package io.shardshift.plans.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.problem.ProblemException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the fuzz test found that the reader took and the schema did not. */
class YamlTextTest {
    /** A tag names a type that no field has. */
    @ParameterizedTest
    @ValueSource(strings = {"!x keyspace: shop", "keyspace: !x shop", "keyspace: shop\ntables: !y {}"})
    void aTagIsAnErrorWithItsLine(String text) {
        assertThatThrownBy(() -> PlanReader.readKeyspace("keyspace.yaml", text))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().errors())
                                .anySatisfy(error -> assertThat(error.message()).contains("expected no tag, found !")));
    }

    /** Found by the fuzz test's seed -6939. */
    @ParameterizedTest
    @ValueSource(strings = {"!!str\nkeyspace: shop", "keyspace: shop\ntables: !!int {}", "keyspace: !!seq {a: b}"})
    void aCoreTagOnACollectionIsOneToo(String text) {
        assertThatThrownBy(() -> PlanReader.readKeyspace("keyspace.yaml", text))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().errors())
                                .anySatisfy(error -> assertThat(error.message()).contains("expected no tag")));
    }

    /** To YAML a character like another one, to a regular expression the end of a line. */
    @ParameterizedTest
    @ValueSource(strings = {"keyspace: sh\u2028op", "keyspace: shop\nunique: [a.\u2029b]", "keyspace: \"shop\\x85\""})
    void anInvisibleEndOfALineIsOneToo(String text) {
        assertThatThrownBy(() -> PlanReader.readKeyspace("keyspace.yaml", text))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().errors())
                                .anySatisfy(error -> assertThat(error.message()).contains("line separator")));
    }
}
