package io.shardshift.controller.coordinator;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.copy.ServerEstimates;
import io.shardshift.controller.copy.TableEstimates;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSessions.Purpose;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far one purge that runs here has come; null is "not known". Thread-safe. */
final class PurgeFigures {
    private static final Logger LOG = LoggerFactory.getLogger(PurgeFigures.class);
    private static final Duration CALL = Duration.ofSeconds(20);

    private final KeyspaceName keyspace;
    private final MigrationName migration;
    private final ShardWork work;
    private final Timing timing;
    private final long beganNanos;
    private volatile @Nullable Long estimate;

    PurgeFigures(KeyspaceName keyspace, MigrationName migration, ShardWork work, Timing timing) {
        this.keyspace = keyspace;
        this.migration = migration;
        this.work = work;
        this.timing = timing;
        this.beganNanos = timing.nanoTime();
    }

    /** Of each shard's rows, as the server estimates them, the part that {@code purged} are of the slots it has rows of. */
    void estimate(MigrationContext context, Keyspace of, SlotMap today, Map<ShardName, Integer> purged) {
        long sum = 0;
        for (Map.Entry<ShardName, Integer> one : purged.entrySet()) {
            Long rows = rowsOn(context, of, one.getKey());
            if (rows == null) {
                return;
            }
            SlotRanges owned = today.shards().get(one.getKey());
            sum += rows * one.getValue() / (one.getValue() + (owned == null ? 0 : owned.size()));
        }
        estimate = sum;
    }

    private @Nullable Long rowsOn(MigrationContext context, Keyspace of, ShardName shard) {
        TableEstimates estimates = new ServerEstimates(context.sessions(), timing);
        try (JdbcShardSession session = context.sessions().open(shard, Purpose.PLAIN, timing.deadlineIn(CALL))) {
            long rows = 0;
            for (String table : KeyspaceTables.read(session.connection(), of).keySet()) {
                Optional<TableEstimates.Estimate> known = estimates.of(shard, table);
                if (known.isEmpty()) {
                    return null;
                }
                rows += known.get().rows();
            }
            return rows;
        } catch (SQLException | ShardException e) {
            LOG.debug("how many rows are to be purged on {} is not known", shard, e);
            return null;
        }
    }

    KeyspaceName keyspace() {
        return keyspace;
    }

    MigrationName migration() {
        return migration;
    }

    long rows() {
        return work.rowsEmptied();
    }

    @Nullable
    Long rowsTotal() {
        Long total = estimate;
        return total == null ? null : Long.valueOf(Math.max(total, rows()));
    }

    @Nullable
    Long rowsLeft() {
        Long total = rowsTotal();
        return total == null ? null : Long.valueOf(total - rows());
    }

    /** At the rate since it began. */
    @Nullable
    Long etaSeconds() {
        Long left = rowsLeft();
        long removed = rows();
        double seconds = (timing.nanoTime() - beganNanos) / 1e9;
        return left == null || removed == 0 ? null : Long.valueOf(Math.round(left * seconds / removed));
    }
}
