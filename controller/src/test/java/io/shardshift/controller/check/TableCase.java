package io.shardshift.controller.check;

import static io.shardshift.api.problem.Finding.Severity.FAIL;
import static io.shardshift.api.problem.Finding.Severity.PASS;
import static io.shardshift.api.problem.Finding.Severity.WARN;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Finding.Severity;
import io.shardshift.api.problem.Problem;
import io.shardshift.cluster.TestCluster;
import io.shardshift.cluster.TestSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A check, what it looks at, and what it then says; {@code code} null: it passes. */
final class TableCase {
    private final Check check;
    private final String name;
    private final Severity severity;
    private final @Nullable ErrorCode code;
    private List<String> statementsOfSource = List.of();
    private List<String> statementsOfTarget = List.of();
    private Consumer<MovedKeyspace> change = any -> {};

    private TableCase(Check check, String name, Severity severity, @Nullable ErrorCode code) {
        this.check = check;
        this.name = name;
        this.severity = severity;
        this.code = code;
    }

    TableCase source(String... statements) {
        statementsOfSource = List.of(statements);
        return this;
    }

    TableCase target(String... statements) {
        statementsOfTarget = List.of(statements);
        return this;
    }

    TableCase keyspace(Consumer<MovedKeyspace> wanted) {
        change = wanted;
        return this;
    }

    @Override
    public String toString() {
        return check.name() + ": " + name;
    }

    static TableCase passes(Check check, String name, String... source) {
        return new TableCase(check, name, PASS, null).source(source);
    }

    static TableCase fails(Check check, ErrorCode code, String name, String... source) {
        return new TableCase(check, name, FAIL, code).source(source);
    }

    static TableCase warns(Check check, ErrorCode code, String name, String... source) {
        return new TableCase(check, name, WARN, code).source(source);
    }

    /** As {@link #fails}, after the plan has accepted it. */
    static TableCase accepted(Check check, ErrorCode code, String name, String... source) {
        return new TableCase(check, name, WARN, code)
                .source(source)
                .keyspace(keyspace -> keyspace.accepted = List.of(code.name()));
    }

    /** Makes the schemas, runs the check, and does what its findings say. */
    void run() throws SQLException {
        try (TestSchema source = TestCluster.schema(0, "source");
                TestSchema target = TestCluster.schema(1, "target")) {
            source.execute(statementsOfSource.toArray(String[]::new));
            target.execute(statementsOfTarget.toArray(String[]::new));
            MovedKeyspace keyspace = new MovedKeyspace(source.server(), source.name(), target.server(), target.name());
            change.accept(keyspace);

            List<Finding> found = keyspace.run(List.of(check));

            assertThat(found).extracting(Finding::severity).containsOnly(severity);
            for (Finding finding : found) {
                Problem problem = finding.problem();
                assertThat(finding.check()).isEqualTo(check.name());
                assertThat(problem == null ? null : problem.code()).isEqualTo(code);
            }
            if (code != null) {
                acceptIt(keyspace, found);
                pasteTheRemedies(keyspace, found, source, target);
            }
        }
    }

    /** A plan may accept what the finding says it may, by the very word that stands there. */
    private void acceptIt(MovedKeyspace keyspace, List<Finding> found) {
        for (Finding finding : found) {
            boolean acceptable = finding.severity() == FAIL
                    && Findings.ACCEPTABLE.contains(Remedy.problem(finding).code());
            assertThat(Remedy.of(finding).text().contains("accept: [" + code + "]"))
                    .isEqualTo(acceptable);
            if (acceptable) {
                keyspace.accepted = List.of(String.valueOf(code));
                assertThat(keyspace.run(List.of(check)))
                        .hasSameSizeAs(found)
                        .allMatch(again -> again.severity() == WARN);
                keyspace.accepted = List.of();
            }
        }
    }

    private void pasteTheRemedies(MovedKeyspace keyspace, List<Finding> found, TestSchema source, TestSchema target)
            throws SQLException {
        boolean all = true;
        for (Finding finding : found) {
            Remedy remedy = Remedy.of(finding);
            if (remedy.canBePasted()) {
                boolean there = finding.subject().startsWith("target");
                try (Connection connection = (there ? target : source).connect()) {
                    remedy.pasteInto(connection);
                }
            } else {
                all = false;
            }
        }
        if (all) {
            assertThat(keyspace.run(List.of(check)))
                    .as("after %s", found)
                    .extracting(Finding::severity)
                    .containsOnly(PASS);
        }
    }
}
