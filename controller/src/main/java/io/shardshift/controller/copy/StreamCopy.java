package io.shardshift.controller.copy;

import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.ShardName;
import io.shardshift.controller.pacing.Cancellation;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The backfill by the change stream: Debezium's incremental snapshot names every row of each source, of moving slots and of
 * others, and the applier mirrors those that move. Here it is begun, paced, watched and recorded. Made anew it goes on
 * where the streams' stored positions are; a table that the store calls done is not read again.
 *
 * <p>All of it may be repeated: to name a key twice copies its state twice. It counts for the attempts that were read
 * before it began [34]: they are part of the naming's id, and a naming of another id is ended.
 *
 * <p>{@link #run} is for one thread; all else is thread-safe.
 */
public final class StreamCopy {
    /** How long a source's news may wait; one look takes a lock and copies a few small maps. */
    private static final Duration LOOK = Duration.ofMillis(20);

    private final WorkContext context;
    private final List<SourceNaming> sources = new ArrayList<>();
    private final AtomicReference<@Nullable Problem> failure = new AtomicReference<>();
    private final RateMeter meter;

    /** @param tables the keyspace's tables as the sources have them */
    public StreamCopy(
            WorkContext context,
            List<MirroredPair> pairs,
            List<ShardedTable> tables,
            ProgressStore progressStore,
            NamedRows rows) {
        this.context = context;
        this.meter = new RateMeter(context.timing());
        Map<ShardName, List<MirroredPair>> bySource = new LinkedHashMap<>();
        for (MirroredPair pair : pairs) {
            bySource.computeIfAbsent(pair.source(), any -> new ArrayList<>()).add(pair);
        }
        bySource.values()
                .forEach(ofSource ->
                        sources.add(new SourceNaming(context, ofSource, tables, progressStore, rows, meter)));
    }

    /**
     * Works until every row was named and mirrored, or {@code cancellation} asks to end: then the naming is paused.
     *
     * @throws ProblemException FENCE_CHANGED_BY_ANOTHER, STREAM_NOT_CAUGHT_UP, SHARD_UNREACHABLE, CHECK_FAILED, or what the
     *     store throws. Nothing needs to be undone; a new StreamCopy goes on.
     */
    public void run(Cancellation cancellation) throws ProblemException, InterruptedException {
        try {
            for (SourceNaming source : sources) {
                source.begin();
            }
            while (!cancellation.isCancelled() && !isDone()) {
                for (SourceNaming source : sources) {
                    meter.add(source.goOn());
                }
                context.timing().pause(LOOK);
            }
        } catch (ProblemException e) {
            failure.compareAndSet(null, e.problem());
            throw e;
        } finally {
            for (SourceNaming source : sources) {
                source.rest();
            }
        }
    }

    private boolean isDone() {
        return sources.stream().allMatch(SourceNaming::isDone);
    }

    /** What stopped the work. */
    public Optional<Problem> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** {@code rows} are rows looked at, of any slot; {@code rowsTotal} is an estimate of all that the sources hold. */
    public WorkProgress progress() {
        List<TableProgress> all =
                sources.stream().flatMap(source -> source.progress().stream()).toList();
        boolean done = !all.isEmpty() && all.stream().allMatch(TableProgress::done);
        return WorkProgress.of(all, done, meter.rowsPerSecond());
    }
}
