package io.shardshift.controller.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/** What a finding tells an operator to do, read and done as an operator would. */
final class Remedy {
    private static final List<String> VERBS =
            List.of("ALTER", "UPDATE", "DELETE", "DROP", "SET", "GRANT", "STOP", "KILL");

    private final String text;

    private Remedy(String text) {
        this.text = text;
    }

    /** Also sees that the message says where, and has no gap. */
    static Remedy of(Finding finding) {
        Problem problem = problem(finding);
        assertThat(problem.what())
                .doesNotContain("{}")
                .contains(finding.subject().split("\\.")[0]);
        assertThat(problem.remedy()).as("a remedy of %s", problem).isNotNull();
        return new Remedy(String.valueOf(problem.remedy()));
    }

    static Problem problem(Finding finding) {
        Problem problem = finding.problem();
        if (problem == null) {
            throw new AssertionError("no problem in " + finding);
        }
        return problem;
    }

    String text() {
        return text;
    }

    /** Whole statements, with nothing left to fill in. */
    boolean canBePasted() {
        return VERBS.stream().anyMatch(text::startsWith)
                && !withoutComment().contains("...")
                && !text.contains("RESTART");
    }

    private String withoutComment() {
        int comment = text.indexOf("-- ");
        return comment < 0 ? text : text.substring(0, comment);
    }

    void pasteInto(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : Stream.of(withoutComment().split(";"))
                    .map(String::strip)
                    .filter(one -> !one.isEmpty())
                    .toList()) {
                statement.execute(sql);
            }
        }
    }
}
