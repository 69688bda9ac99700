package io.shardshift.controller.coordinator;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.bookkeeping.BinlogRetention;
import io.shardshift.controller.bookkeeping.Blockers.Blocker;
import io.shardshift.controller.check.Check;
import io.shardshift.controller.migration.Step;
import io.shardshift.shard.ShardException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the shards of a running migration every few seconds, for status: what the running checks find, transactions that a
 * hand-off would wait for, until when a resume would find its binlog. It changes nothing; steps look for themselves when
 * they begin. Only of a server that was replaced it tells at once, for at a gate no step begins and writers stand still [19]. {@link #run} is for one thread of the wiring's, {@link #seen} for any.
 */
final class Lookout {
    private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);
    private static final Duration BETWEEN = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofMillis(200);
    /** A transaction that is older would be named by a hand-off. */
    private static final Duration LONG = Duration.ofSeconds(2);

    private static final Set<ErrorCode> REPLACED = Set.of(ErrorCode.SERVER_REPLACED, ErrorCode.HISTORY_WENT_BACK);

    /**
     * What was seen at one time.
     *
     * @param findings what failed; what only warns is in {@link Warnings}
     * @param longTransactions by shard, one line each, with since when
     * @param resumeExpiresAt null while it is unknown, or where binlogs are kept for ever
     */
    record Seen(
            Instant at,
            List<Finding> findings,
            List<LongTransaction> longTransactions,
            @Nullable Instant resumeExpiresAt) {}

    /** A transaction that holds a group's fence. */
    record LongTransaction(ShardName shard, long connection, String description, Instant since) {}

    private final MigrationContext context;
    private final Supplier<Step> step;
    private final Replaced onReplaced;
    private final Map<String, Instant> failingSince = new LinkedHashMap<>();
    private volatile @Nullable Seen seen;

    /** Told of a server that was replaced, or lost commits, and at which step the look began. */
    @FunctionalInterface
    interface Replaced {
        void seen(Problem problem, Step at);
    }

    /** @param step the present one; before it needs streams the shards are not looked at: what is seen is remembered half made */
    Lookout(MigrationContext context, Supplier<Step> step, Replaced onReplaced) {
        this.context = context;
        this.step = step;
        this.onReplaced = onReplaced;
    }

    /** Null before the first look. */
    @Nullable
    Seen seen() {
        return seen;
    }

    /** Since when the finding has been there; looks at most some seconds late. */
    synchronized @Nullable Instant since(Finding finding) {
        return failingSince.get(key(finding));
    }

    private static String key(Finding finding) {
        Problem problem = finding.problem();
        return finding.check() + "/" + finding.subject() + "/" + (problem == null ? "" : problem.code());
    }

    /** Looks until {@code goesOn} answers false. */
    void run(BooleanSupplier goesOn) throws InterruptedException {
        while (goesOn.getAsBoolean()) {
            try {
                Step at = step.get();
                Seen now = at.needsStreams() ? look() : null;
                seen = now;
                if (now != null && at.beginsAgain()) {
                    tellOfReplaced(now, at);
                }
            } catch (RuntimeException e) {
                LOG.error(
                        "{}: the shards could not be looked at, a bug",
                        context.migration().plan().name(),
                        e);
                seen = null; // unknown, not as it was
            }
            Deadline next = context.timing().deadlineIn(BETWEEN);
            while (goesOn.getAsBoolean() && !next.hasPassed()) {
                context.timing().pause(SOON); // a controller that ends does not wait for a look
            }
        }
    }

    private void tellOfReplaced(Seen now, Step at) {
        Stream<@Nullable Problem> found = now.findings().stream().map(Finding::problem);
        // a stream knows of later commits than the last look did
        Stream.concat(found, context.streams().problems().values().stream())
                .filter(problem -> problem != null && REPLACED.contains(problem.code()))
                .findFirst()
                .ifPresent(problem -> onReplaced.seen(problem, at));
    }

    private Seen look() {
        List<Finding> findings = context.work().check(Check.Scope.RUNNING).stream()
                .filter(finding -> finding.severity() == Finding.Severity.FAIL)
                .toList();
        Instant now = context.timing().now();
        remember(findings, now);
        return new Seen(now, findings, longTransactions(now), resumeExpiresAt(now));
    }

    private synchronized void remember(List<Finding> findings, Instant now) {
        Map<String, Instant> before = new LinkedHashMap<>(failingSince);
        failingSince.clear();
        findings.forEach(finding -> failingSince.put(key(finding), before.getOrDefault(key(finding), now)));
    }

    private List<LongTransaction> longTransactions(Instant now) {
        Map<String, LongTransaction> found = new LinkedHashMap<>();
        for (ShardName shard : context.shards()) {
            for (Group group : context.migration().groups()) {
                if (!group.source().equals(shard) && !group.target().equals(shard)) {
                    continue;
                }
                try {
                    for (Blocker blocker : context.holders().longHolders(shard, group, LONG)) {
                        found.putIfAbsent(
                                shard + "/" + blocker.connection(),
                                new LongTransaction(
                                        shard,
                                        blocker.connection(),
                                        FenceHolders.describe(shard, blocker),
                                        now.minus(blocker.age())));
                    }
                } catch (ShardException e) {
                    break; // a shard that does not answer is a finding already
                }
            }
        }
        return new ArrayList<>(found.values());
    }

    /** The first of the shards to purge what its stream would need. */
    private @Nullable Instant resumeExpiresAt(Instant now) {
        Instant first = null;
        for (ShardName shard : context.shards()) {
            Duration lag = context.streams().lag(shard);
            Optional<Duration> kept;
            try {
                kept = context.holders().on(shard, BinlogRetention::of);
            } catch (ShardException e) {
                return null;
            }
            if (kept.isPresent()) {
                if (lag == null) {
                    return null;
                }
                Instant here = now.minus(lag).plus(kept.get());
                first = first == null || here.isBefore(first) ? here : first;
            }
        }
        return first;
    }
}
