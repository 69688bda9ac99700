package io.shardshift.agent.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LexerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "SELECT 1; SELECT 2|MULTIPLE_STATEMENTS",
                "SELECT 1;;; -- x|",
                "SELECT 'a; b'|",
                "SELECT 'a\\'; DELETE FROM orders; -- '|",
                "SELECT 'a\\\\'; DELETE FROM orders; -- '|MULTIPLE_STATEMENTS",
                "SELECT \"a'\"; DELETE FROM orders -- '|MULTIPLE_STATEMENTS",
                "SELECT `a'`; DELETE FROM orders -- '|MULTIPLE_STATEMENTS",
                "SELECT `a\\`; DELETE FROM orders|MULTIPLE_STATEMENTS",
                "SELECT 1 --1; SELECT 2|MULTIPLE_STATEMENTS",
                "SELECT 1 -- 1; SELECT 2|",
                "SELECT 1 # 1; SELECT 2|",
                "SELECT 1 /* ; */|",
                "SELECT 1 /* /* */; SELECT 2|MULTIPLE_STATEMENTS",
                "SELECT 1 /*! ; SELECT 2 */|EXECUTABLE_COMMENT",
                "SELECT /*!50000 1 */|EXECUTABLE_COMMENT",
                "SELECT '/*! 1 */'|",
                "SELECT 1 /* open|MALFORMED",
                "SELECT 'open|MALFORMED",
                "SELECT 'open\\'|MALFORMED",
                "SELECT `open|MALFORMED",
                "SELECT (1|MALFORMED",
                "SELECT 1)|MALFORMED",
                "SELECT {fn NOW()}|MALFORMED",
                "SELECT \\N|MALFORMED",
                "SELECT [a]|MALFORMED",
                "SELECT $$ ; $$|MULTIPLE_STATEMENTS",
                "SELECT /*+ SET_VAR(sql_mode='ANSI_QUOTES') */ 1|SESSION_VARIABLE",
            })
    void findsWhatMustNotBeMissed(String sql, String reason) {
        assertThat(Lexer.cut(sql).problem().map(problem -> problem.reason().name()))
                .isEqualTo(Optional.ofNullable(reason));
    }

    @ParameterizedTest
    @MethodSource
    void cutsTokens(String line) {
        int arrow = line.lastIndexOf(" => ");
        String tokens = Lexer.cut(line.substring(0, arrow)).tokens().stream()
                .map(token -> token.kind().name().charAt(0) + ":" + token.value())
                .collect(Collectors.joining(" "));
        assertThat(tokens).isEqualTo(line.substring(arrow + 4));
    }

    static Stream<String> cutsTokens() {
        return """
                a.b.c => W:a S:. N:b S:. N:c
                a . select => W:a S:. N:select
                t.1a t1.2 => W:t S:. N:1a W:t1 S:. N:2
                1a 1e 1e5 1.5e-3 .5 5. 0x1F 0xG 0b11 0B1 => W:1a W:1e N:1e5 N:1.5e-3 N:.5 N:5. B:1F W:0xG B:03 W:0B1
                5--3 => N:5 S:- S:- N:3
                @a @@session.b @`c d` @'e' := => V:@a V:@@session.b V:@quoted V:@quoted S::=
                a->>'$.x'<=>b => W:a S:->> T:$.x S:<=> W:b
                x'4a' X'' b'1' n'a' _utf8mb4'a' _binary x'00' _foo'a' => B:4a B: B:01 T:a O:a O: W:_foo T:a
                'a'"b" 'c' => T:abc
                ?,? => P:1 S:, P:2
                größe `größe` => W:größe N:größe
                """.lines();
    }

    @Test
    void resolvesEscapes() {
        assertThat(Lexer.cut("'\\n\\t\\0\\'\\\"\\\\\\%\\q'").tokens().get(0).value())
                .isEqualTo("\n\t\0'\"\\\\%q");
    }

    @Test
    void keepsThePlacesOfTokens() {
        String sql = "/* a */ SELECT /*+ hint */ 'x' /* b */ , ?";
        Lexer.Result result = Lexer.cut(sql);
        assertThat(result.tokens().stream().map(token -> sql.substring(token.start(), token.end())))
                .containsExactly("SELECT", "'x'", ",", "?");
        assertThat(result.hint()).isEqualTo("/*+ hint */");
    }

    @Test
    void refusesDeepNesting() {
        String deep = "SELECT " + "(".repeat(41) + "1" + ")".repeat(41);
        assertThat(Lexer.cut(deep).problem()).isPresent();
    }
}
