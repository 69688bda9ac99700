package io.shardshift.controller.verify;

import io.shardshift.api.routing.Role;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.copy.MirroredPair;
import io.shardshift.controller.copy.RowText;
import io.shardshift.controller.copy.WorkContext;
import io.shardshift.controller.pacing.Backoff;
import io.shardshift.controller.verify.Difference.Outcome;
import io.shardshift.shard.Column;
import io.shardshift.shard.FenceCheck;
import io.shardshift.shard.FenceMismatch;
import io.shardshift.shard.Mirror;
import io.shardshift.shard.Mirror.MirroredGroup;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.Row;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSession.RowLock;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a suspected key differs, and repairs it.
 *
 * <p>The owner's row is read FOR SHARE, then, while that is held, the mirror's. A writer that mirrors holds the owner's row
 * until it holds the mirror's, and the mirror's until it has committed there [36]: so either both its commits are seen or
 * neither, and what still differs is a difference. One look is conclusive; only a refused lock needs another. Thread-safe.
 */
final class KeyRecheck {
    /** What was found. */
    enum Verdict {
        EQUAL,
        REPAIRED,
        REMAINS
    }

    /** For one look; a lock is waited for one second at most, set by the sessions. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    /** For all looks at a key behind the locks of long transactions; then the chunk is given back and comes again. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final WorkContext context;
    private final boolean repair;
    private final DifferenceLog log;

    KeyRecheck(WorkContext context, boolean repair, DifferenceLog log) {
        this.context = context;
        this.repair = repair;
        this.log = log;
    }

    Verdict decide(MirroredPair pair, ShardedTable table, PrimaryKey key)
            throws ShardException, FenceMismatch, RowsCollide, InterruptedException {
        Deadline deadline = context.timing().deadlineIn(PATIENCE);
        Backoff backoff = new Backoff(context.timing(), context.random(), Duration.ofMillis(5), Duration.ofMillis(200));
        while (true) {
            try {
                Look look = look(pair, table, key);
                if (look.isEqual()) {
                    return Verdict.EQUAL;
                }
                boolean repaired = repair && repair(pair, table, key, look);
                log.add(differences(pair, table, key, look, repaired ? Outcome.REPAIRED : Outcome.REMAINS));
                return repaired ? Verdict.REPAIRED : Verdict.REMAINS;
            } catch (ShardException e) {
                boolean again = e.kind() == ShardException.Kind.LOCK_REFUSED
                        || e.kind() == ShardException.Kind.TRANSACTION_LOST;
                if (!again || deadline.hasPassed()) {
                    throw e;
                }
                backoff.pause();
            }
        }
    }

    /** Both rows at one moment; null: no row of a moving slot. */
    private record Look(@Nullable Row source, @Nullable Row target) {
        boolean isEqual() {
            return source == null ? target == null : source.equals(target);
        }
    }

    private Look look(MirroredPair pair, ShardedTable table, PrimaryKey key) throws ShardException, FenceMismatch {
        Deadline deadline = context.timing().deadlineIn(LOOK);
        try (ShardSession owner = context.sessions().open(pair.source(), Purpose.OWNER, deadline);
                ShardSession mirror = context.sessions().open(pair.target(), Purpose.MIRROR, deadline)) {
            owner.begin(Isolation.REPEATABLE_READ); // an absent key stays absent [5]
            Row source = one(pair, table, owner.readRows(table, List.of(key), RowLock.SHARE));
            mirror.begin(Isolation.READ_COMMITTED);
            for (MirroredGroup group : pair.mirrored()) {
                FenceCheck.require(mirror, group.group(), Role.MIRROR, pair.source());
            }
            Row target = one(pair, table, mirror.readRows(table, List.of(key), RowLock.SHARE));
            owner.confirmAlive(); // [6] else its lock was gone while the mirror was read
            return new Look(source, target);
        }
    }

    private static @Nullable Row one(MirroredPair pair, ShardedTable table, List<Row> rows) {
        return rows.stream()
                .filter(row -> pair.slots().contains(table.slot(row))) // another owner's row is not compared [15]
                .findFirst()
                .orElse(null);
    }

    private boolean repair(MirroredPair pair, ShardedTable table, PrimaryKey key, Look look)
            throws ShardException, FenceMismatch, RowsCollide {
        Deadline deadline = context.timing().deadlineIn(LOOK);
        try (ShardSession owner = context.sessions().open(pair.source(), Purpose.OWNER, deadline);
                ShardSession mirror = context.sessions().open(pair.target(), Purpose.MIRROR, deadline)) {
            for (MirroredGroup group : pair.mirrored()) {
                if (isIn(group, table, look.source()) || isIn(group, table, look.target())) { // the unit is (key, slot)
                    Mirror.keys(owner, mirror, group, table, Set.of(key));
                }
            }
        }
        return true;
    }

    private static boolean isIn(MirroredGroup group, ShardedTable table, @Nullable Row row) {
        return row != null && group.slots().contains(table.slot(row));
    }

    private List<Difference> differences(
            MirroredPair pair, ShardedTable table, PrimaryKey key, Look look, Outcome outcome) {
        Row source = look.source();
        Row target = look.target();
        List<Difference> found = new ArrayList<>();
        if (source == null || target == null) {
            found.add(difference(
                    pair,
                    table,
                    key,
                    null,
                    source == null ? null : RowText.row(table, source),
                    target == null ? null : RowText.row(table, target),
                    outcome));
            return found;
        }
        for (int i = 0; i < source.columns(); i++) {
            if (!Arrays.equals(source.value(i), target.value(i))) {
                Column column = table.schema().columns().get(i);
                found.add(difference(
                        pair,
                        table,
                        key,
                        column.name(),
                        RowText.value(column, source.value(i)),
                        RowText.value(column, target.value(i)),
                        outcome));
            }
        }
        return found;
    }

    private Difference difference(
            MirroredPair pair,
            ShardedTable table,
            PrimaryKey key,
            @Nullable String column,
            @Nullable String source,
            @Nullable String target,
            Outcome outcome) {
        return new Difference(
                pair.source(),
                pair.target(),
                table.name(),
                key.toString(),
                column,
                source,
                target,
                outcome,
                context.timing().now());
    }
}
