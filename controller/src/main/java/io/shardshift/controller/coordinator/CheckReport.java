package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import java.util.List;

/** What findings mean for a migration. */
final class CheckReport {
    private CheckReport() {}

    static List<Finding> failed(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.severity() == Finding.Severity.FAIL)
                .toList();
    }

    /** Throws one problem that names the first failure and lists all: {@code several} unless there is but one. */
    static void require(List<Finding> findings, ErrorCode several) throws ProblemException {
        List<Finding> failed = failed(findings);
        if (failed.isEmpty()) {
            return;
        }
        List<FieldError> errors = failed.stream().map(CheckReport::error).toList();
        Problem first = failed.get(0).problem();
        if (first == null) {
            throw new IllegalStateException(failed.get(0).check() + " failed without a problem");
        }
        boolean alone = failed.size() == 1 && several == ErrorCode.CHECK_FAILED;
        Problem problem = alone
                ? first
                : Problem.of(
                        several,
                        "{} findings stand against it; nothing has changed. The first: {}",
                        failed.size(),
                        first.what());
        String remedy = first.remedy();
        throw new ProblemException((remedy == null ? problem : problem.remedy("{}", remedy)).withErrors(errors));
    }

    private static FieldError error(Finding finding) {
        Problem problem = finding.problem();
        return new FieldError(
                null,
                null,
                finding.check() + " on " + finding.subject(),
                problem == null ? "failed" : problem.what(),
                problem == null ? null : problem.remedy());
    }
}
