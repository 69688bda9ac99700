package io.shardshift.controller.audit;

import java.time.Instant;

/**
 * One command. Holds names only, never a body or a header, where a secret could be.
 *
 * @param when when it was answered
 * @param role the sender's role, {@code operator}
 * @param remote the sender's network address
 * @param action method and kind, such as {@code PUT keyspace} or {@code advance}
 * @param subject name of the keyspace or migration, as the sender wrote it but cut, without control characters
 * @param result {@code done}, or the code of the error that refused it
 */
public record AuditRecord(Instant when, String role, String remote, String action, String subject, String result) {
    /** Twice the longest name that is valid: enough to see what was meant. */
    private static final int MAX_SUBJECT = 128;

    public AuditRecord {
        String cut = subject.substring(0, Math.min(subject.length(), MAX_SUBJECT));
        subject = cut.replaceAll("\\p{Cntrl}", "?"); // a log line stays one line
    }
}
