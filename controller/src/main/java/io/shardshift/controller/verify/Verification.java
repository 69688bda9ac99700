package io.shardshift.controller.verify;

import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.controller.copy.ChunkedWork;
import io.shardshift.controller.copy.MirroredPair;
import io.shardshift.controller.copy.ProgressStore;
import io.shardshift.controller.copy.WorkContext;
import io.shardshift.controller.copy.WorkProgress;
import io.shardshift.controller.pacing.Cancellation;
import io.shardshift.shard.ShardedTable;
import java.util.List;
import java.util.Optional;

/**
 * Verification of a migration: every moving row of source and target, also those beyond the source's last key, by as many
 * workers as threads call {@link #runWorker}. Made anew it goes on where its store says; the list of differences
 * too, if it is handed on: it is kept in memory alone. What is verified counts for the attempt that was read before the chunk began [34].
 */
public final class Verification {
    private final DifferenceLog log;
    private final ChunkedWork work;

    /**
     * @param repair whether differences are mended by the mirror primitive, or only reported
     * @param progressStore another than the copy's
     * @param earlier differences that an object before this one found, for the same attempts
     */
    public Verification(
            WorkContext context,
            List<MirroredPair> pairs,
            List<ShardedTable> tables,
            ProgressStore progressStore,
            boolean repair,
            List<Difference> earlier) {
        this.log = new DifferenceLog(earlier);
        this.work = ChunkedWork.ofPlainReads(
                "the verification",
                context,
                pairs,
                tables,
                progressStore,
                new Verifier(context, new KeyRecheck(context, repair, log)));
    }

    /**
     * Compares until all is compared or {@code cancellation} asks to end, which is seen after the chunk in hand.
     *
     * @throws ProblemException what stopped this or another worker; a new Verification goes on from the store
     */
    public void runWorker(Cancellation cancellation) throws ProblemException, InterruptedException {
        work.runWorker(cancellation);
    }

    /** Whether every table is verified for the attempts of this moment; whether it was equal: {@link #progress()}. */
    public boolean isDone() {
        return work.isDone();
    }

    /** What stopped the work. */
    public Optional<Problem> failure() {
        return work.failure();
    }

    /** Rows compared, keys that differed and those of them that are repaired. */
    public WorkProgress progress() {
        return work.progress();
    }

    /** The first {@value DifferenceLog#KEPT} differences, with those that were handed on. */
    public List<Difference> differences() {
        return log.all();
    }
}
