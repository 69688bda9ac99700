package io.shardshift.controller.resources;

import io.shardshift.api.codec.Json;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.controller.audit.AuditLog;
import io.shardshift.controller.audit.AuditRecord;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a change and records who asked for it and what came of it. Thread-safe. */
final class Auditing {
    /** A change. */
    @FunctionalInterface
    interface Change<T> {
        T run() throws ProblemException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(Auditing.class);
    /** Some hundred bytes each; a migration takes about ten commands. */
    private static final int KEPT_RECORDS = 1_000;

    private final ControlPlane plane;
    private final Clock clock;
    private final AuditLog others = new AuditLog(KEPT_RECORDS, audited -> {});
    private final AuditLog migrations = new AuditLog(KEPT_RECORDS, this::publish);

    Auditing(ControlPlane plane, Clock clock) {
        this.plane = plane;
        this.clock = clock;
    }

    <T> T onMigration(HttpServletRequest request, String action, String migration, Change<T> change)
            throws ProblemException {
        return run(migrations, request, action, migration, change);
    }

    <T> T onKeyspace(HttpServletRequest request, String action, String keyspace, Change<T> change)
            throws ProblemException {
        return run(others, request, action, keyspace, change);
    }

    private <T> T run(AuditLog log, HttpServletRequest request, String action, String subject, Change<T> change)
            throws ProblemException {
        String result = ErrorCode.INTERNAL.name(); // what an unexpected exception leaves behind
        try {
            T done = change.run();
            result = "done";
            return done;
        } catch (ProblemException e) {
            result = e.problem().code().name();
            throw e;
        } finally {
            Object caller = request.getAttribute(Caller.PROPERTY);
            String role = caller instanceof Caller known ? known.role() : "unknown";
            log.add(new AuditRecord(clock.instant(), role, ForwardingFilter.sender(request), action, subject, result));
        }
    }

    private void publish(AuditRecord audited) {
        try {
            plane.events(audited.subject()).append(EventLog.AUDIT, Json.tree(audited));
        } catch (ProblemException e) { // a migration that is unknown, or forgotten by this very command, has no events
            LOG.debug("No events to put the audit record into: {}", e.problem().code());
        }
    }
}
