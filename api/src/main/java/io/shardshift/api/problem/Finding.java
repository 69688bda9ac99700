package io.shardshift.api.problem;

import org.jspecify.annotations.Nullable;

/**
 * What one check found on one subject.
 *
 * @param check name of the check
 * @param subject the shard, table or setting that was looked at
 * @param severity PASS, WARN (shown, does not stop), FAIL
 * @param problem null for PASS
 */
public record Finding(
        String check,
        String subject,
        Severity severity,
        @Nullable Problem problem) {
    /** How much a finding weighs. */
    public enum Severity {
        PASS,
        WARN,
        FAIL
    }

    public static Finding pass(String check, String subject) {
        return new Finding(check, subject, Severity.PASS, null);
    }

    public static Finding warn(String check, String subject, Problem problem) {
        return new Finding(check, subject, Severity.WARN, problem);
    }

    public static Finding fail(String check, String subject, Problem problem) {
        return new Finding(check, subject, Severity.FAIL, problem);
    }
}
