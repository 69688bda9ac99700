package io.shardshift.agent.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever the text, an analysis comes back, and a second statement is never passed over. */
class StatementFuzzTest {

    private static final List<String> STATEMENTS = Stream.of(
                    StatementKindTest.transactions(),
                    StatementKindTest.sessions(),
                    StatementKindTest.ddl(),
                    StatementKindTest.reads(),
                    StatementKindTest.lockingReads(),
                    StatementKindTest.inserts(),
                    StatementKindTest.updates(),
                    StatementKindTest.deletes())
            .flatMap(lines -> lines)
            .map(line -> line.substring(0, line.lastIndexOf(" => ")))
            .toList();

    private static final List<String> FRAGMENTS = List.of(
            "'",
            "\"",
            "`",
            "\\",
            "/*",
            "*/",
            "--",
            "-- ",
            "#",
            "\n",
            "(",
            ")",
            ",",
            ".",
            ";",
            "?",
            "@",
            "@@",
            ":=",
            "||",
            "$$",
            "0x",
            "1e",
            "é",
            "\0",
            "{",
            "SELECT",
            "WHERE",
            "FROM orders",
            "SET",
            "ORDER BY",
            "LIMIT 1",
            "AND",
            "OR",
            "NOT",
            "IN",
            "VALUES",
            "ON DUPLICATE KEY UPDATE",
            "FOR UPDATE",
            "UNION",
            "AS",
            "JOIN",
            "NULL",
            "'x'",
            "user_id");

    @Property(tries = 3000, seed = "1")
    void arbitraryTextsAreAnalysed(@ForAll String sql) {
        assertThat(Shop.analyze(sql)).isNotNull();
        assertThat(SqlText.forMessage(sql)).hasSizeLessThanOrEqualTo(SqlText.MAX_LENGTH);
    }

    @Property(tries = 8000, seed = "1")
    void mutatedStatementsAreAnalysedAndSoAreTheirRewritings(@ForAll("mutated") String sql) {
        Analysis analysis = Shop.analyze(sql);
        for (Rewritten rewritten : rewritings(analysis)) {
            Lexer.Result cut = Lexer.cut(rewritten.sql());
            assertThat(cut.problem()).as(rewritten.sql()).isEmpty();
            assertThat(cut.tokens().stream().filter(token -> token.kind() == Token.Kind.PARAMETER))
                    .as(rewritten.sql())
                    .hasSameSizeAs(rewritten.parameters());
        }
    }

    @Property(tries = 4000, seed = "1")
    void aSecondStatementIsAlwaysRefused(
            @ForAll("statement") String first, @ForAll("statement") String second, @ForAll("gap") String gap) {
        assertThat(Shop.analyze(first + gap + ";" + gap + second)).isInstanceOf(Refused.class);
    }

    @Property(tries = 2000, seed = "1")
    void aStatementCutOutOfItsQuotesIsRefused(@ForAll("statement") String first, @ForAll @IntRange(max = 200) int at) {
        int place = Math.min(at, first.length());
        String sql = first.substring(0, place) + "; DELETE FROM orders; " + first.substring(place);
        Lexer.Result before = Lexer.cut(first.substring(0, place));
        boolean inside = before.problem()
                .map(p -> p.why().contains("not closed") && !p.why().contains("parenthesis"))
                .orElse(false);
        boolean comment = first.substring(0, place).contains("-- ")
                || first.substring(0, place).contains("#");
        if (!inside && !comment) {
            assertThat(Shop.analyze(sql)).isInstanceOf(Refused.class);
        }
    }

    @Provide
    Arbitrary<String> statement() {
        return Arbitraries.of(STATEMENTS);
    }

    @Provide
    Arbitrary<String> gap() {
        return Arbitraries.of("", " ", "\n", "/* ; */", "-- ;\n", "#\n");
    }

    @Provide
    Arbitrary<String> mutated() {
        Arbitrary<List<Integer>> places =
                Arbitraries.integers().between(0, 10_000).list().ofMinSize(1).ofMaxSize(6);
        return Arbitraries.of(STATEMENTS).flatMap(statement -> places.map(numbers -> mutate(statement, numbers)));
    }

    private static String mutate(String statement, List<Integer> numbers) {
        String sql = statement;
        for (int number : numbers) {
            int place = sql.isEmpty() ? 0 : number % sql.length();
            String fragment = FRAGMENTS.get((number / 7) % FRAGMENTS.size());
            sql = switch (number % 3) {
                case 0 -> sql.substring(0, place) + fragment + sql.substring(place);
                case 1 -> sql.substring(0, place) + sql.substring(Math.min(sql.length(), place + 1 + number % 5));
                default -> sql.substring(0, place) + " " + fragment + " " + sql.substring(place);
            };
        }
        return sql;
    }

    private static List<Rewritten> rewritings(Analysis analysis) {
        List<Rewritten> all = new ArrayList<>();
        if (analysis instanceof RowChange change) {
            all.add(change.selectCandidates(RowLock.NONE));
            all.add(change.selectCandidatesAmong(2, RowLock.NONE));
            all.add(change.restrictedTo(2));
        } else if (analysis instanceof Read read && !read.lock().locks()) {
            all.add(read.forShare());
        } else if (analysis instanceof Insert insert) {
            for (int row = 0; row < insert.rows().size(); row++) {
                all.add(insert.ofRow(row));
                all.add(insert.ofRowAsInsert(row));
                insert.selectConflicts(row, RowLock.NONE, true).ifPresent(all::add);
            }
            insert.select().ifPresent(read -> all.add(read.query()));
        }
        return all;
    }
}
