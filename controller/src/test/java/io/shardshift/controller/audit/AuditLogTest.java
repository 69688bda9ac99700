package io.shardshift.controller.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditLogTest {
    @Test
    void keepsTheNewestAndGivesEachToItsListener() {
        List<AuditRecord> heard = new ArrayList<>();
        AuditLog log = new AuditLog(2, heard::add);
        for (String subject : List.of("a", "b", "c")) {
            log.add(audited(subject));
        }
        assertThat(log.records()).extracting(AuditRecord::subject).containsExactly("b", "c");
        assertThat(heard).extracting(AuditRecord::subject).containsExactly("a", "b", "c");
    }

    @Test
    void aSubjectCannotForgeALineOfTheLog() {
        assertThat(audited("x\nAudit: operator").subject()).isEqualTo("x?Audit: operator");
        assertThat(audited("y".repeat(1_000)).subject()).hasSize(128);
    }

    private static AuditRecord audited(String subject) {
        return new AuditRecord(Instant.EPOCH, "operator", "127.0.0.1", "pause", subject, "done");
    }
}
