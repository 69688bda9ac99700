package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.time.Timing;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.check.Check;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.LeadershipLost;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.coordination.CoordinationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the newest run of each check warned of, for status: nothing waits for it. What is looked for every few seconds is
 * soon found again; what only preflight and hand-offs look for is stored, so that a later leader says it too. Thread-safe.
 */
final class Warnings {
    private static final Logger LOG = LoggerFactory.getLogger(Warnings.class);
    /** A node holds 1 MiB; a warning takes some hundred bytes, and nobody reads so many. */
    private static final int MOST = 200;

    private static final Comparator<Warning> ORDER = Comparator.comparing(
                    (Warning warning) -> warning.finding().check())
            .thenComparing(warning -> warning.finding().subject());

    /** A finding that warns; {@code since} when it was first seen, by whichever leader. */
    record Warning(Finding finding, Instant since) {
        private String key() {
            Problem problem = finding.problem();
            return finding.check() + "/" + finding.subject() + "/" + (problem == null ? "" : problem.code());
        }
    }

    private record Stored(int version, List<Warning> warnings) {
        static final int VERSION = 1;
    }

    private final LeaderStore store;
    private final String node;
    private final Timing timing;
    private List<Warning> present = List.of();
    private boolean recalled;

    /** Reads what is stored when it is first asked. */
    Warnings(LeaderStore store, MigrationName migration, Timing timing) {
        this.store = store;
        this.node = ZnodePaths.migration(migration) + "/warnings";
        this.timing = timing;
    }

    /** In order of check and subject. */
    synchronized List<Warning> all() {
        recall();
        return present;
    }

    /** All findings of a run; a check of which none tells anything was not run, and what it warned of stays. */
    synchronized void ran(Check.Scope scope, List<Finding> findings) {
        recall();
        Instant now = timing.now();
        Set<String> ran = findings.stream().map(Finding::check).collect(Collectors.toUnmodifiableSet());
        Map<String, Instant> since = new HashMap<>();
        List<Warning> next = new ArrayList<>();
        for (Warning warning : present) {
            since.putIfAbsent(warning.key(), warning.since());
            if (!ran.contains(warning.finding().check())) {
                next.add(warning);
            }
        }
        findings.stream()
                .filter(finding -> finding.severity() == Finding.Severity.WARN)
                .map(finding -> new Warning(finding, now))
                .map(warning -> new Warning(warning.finding(), since.getOrDefault(warning.key(), now)))
                .forEach(next::add);
        next.sort(ORDER);
        boolean news = !next.equals(present);
        present = List.copyOf(next);
        if (news && scope != Check.Scope.RUNNING) {
            keep();
        }
    }

    private void recall() {
        if (recalled) {
            return;
        }
        try {
            present = store.read(node, Stored.class)
                    .map(stored -> stored.value().warnings())
                    .orElse(present);
            recalled = true;
        } catch (CoordinationException e) {
            LOG.warn("{}: what it warns of is not known yet", node, e);
        }
    }

    private void keep() {
        try {
            store.put(node, new Stored(Stored.VERSION, present.subList(0, Math.min(MOST, present.size()))));
        } catch (CoordinationException | LeadershipLost e) {
            LOG.warn("{}: a later leader will not know what it warns of", node, e);
        }
    }

    /** {@code warnings} of the status document; of what has ended there are none, for they say what may go wrong. */
    static ArrayNode document(
            MigrationRecord migration, MigrationState state, @Nullable MigrationCoordinator coordinator) {
        return coordinator == null || state.shown().hasEnded()
                ? JsonNodeFactory.instance.arrayNode()
                : documents(
                        coordinator.context().work().warnings(),
                        migration.plan().accepted());
    }

    /** Shaped as {@code blockedBy}. */
    static ArrayNode documents(List<Warning> warnings, List<String> accepted) {
        ArrayNode documents = JsonNodeFactory.instance.arrayNode();
        for (Warning warning : warnings) {
            @Nullable Problem problem = warning.finding().problem();
            if (problem != null) {
                documents.add(new BlockedBy.Wait(problem, warning.since(), BlockedBy.Actor.OPERATOR)
                        .document()
                        .put("accepted", accepted.contains(problem.code().name())));
            }
        }
        return documents;
    }
}
