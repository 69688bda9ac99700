package io.shardshift.controller.migration;

import io.shardshift.api.migration.Phase;

/**
 * What a migration is doing: each step is one command, which the coordinator runs and, after a crash, runs again. The
 * Javadoc of each says why running it twice is harmless.
 */
public enum Step {
    /** Runs every check. Reads only. */
    PREFLIGHT(Phase.PREPARE),
    /** Makes bookkeeping and target tables where they are absent. */
    TARGET_TABLES(Phase.PREPARE),
    /** Starts a stream on every shard, before any fence row is written; a running one is kept [2]. */
    STREAMS(Phase.PREPARE),
    /** Writes OWNER and VACANT rows where there is none. */
    FENCES(Phase.PREPARE),
    /** Publishes routes that make agents check the fence, and waits until all do: publishing the same again only adds an epoch. */
    FENCED_ROUTES(Phase.PREPARE),
    /** Closes what earlier migrations left [37]; a CLOSED fence stays closed. */
    OLD_FENCES(Phase.PREPARE),
    /** Group by group: B vacated, emptied, MIRROR, A OWNER_MIRRORING, routes; a group whose fences say so is done [34]. */
    MIRRORING(Phase.DUAL_WRITE),
    /** Waits until the appliers have passed each change to OWNER_MIRRORING [35]. Reads only. */
    MIRRORING_PASSED(Phase.DUAL_WRITE),
    /** Publishes "point reads at B first" and waits for the acknowledgements. */
    POINT_READS(Phase.READ_NEW_FIRST),
    /** Copies what is not copied under this attempt; a chunk done twice is the same. */
    COPY(Phase.BACKFILL),
    /** Waits until every stream has passed a heartbeat written now. */
    CATCH_UP(Phase.BACKFILL),
    /** Compares both sides and repairs by the primitive. */
    VERIFY(Phase.BACKFILL),
    /** Raises the targets' AUTO_INCREMENT; never lowers it. */
    AUTO_INCREMENT(Phase.BACKFILL),
    /** Publishes "all reads at B" and waits for the acknowledgements. */
    ALL_READS(Phase.BACKFILL),
    /** Hands over the first group; one that is handed over stays so. */
    HANDOFF_CANARY(Phase.STOP_OLD_WRITES),
    /** Hands over the others, one by one. */
    HANDOFF_REST(Phase.STOP_OLD_WRITES),
    /** A to VACANT, from where nothing is handed back. */
    VACATE_SOURCES(Phase.COMPLETE),
    /** Publishes fence-free routes with the new slot map and ends the migration in the same transaction [38]. */
    FINAL_ROUTES(Phase.COMPLETE),
    /** The end: nothing is run. */
    COMPLETED(Phase.COMPLETE),

    /** The target fails: reads at A, acknowledged, then A to OWNER, then routes; B stays MIRROR. Idempotent as each of these is. */
    STEP_BACK(Phase.DUAL_WRITE),
    /** Waits until the targets answer and the streams have brought them what they missed. Reads only. */
    AWAIT_TARGET(Phase.DUAL_WRITE),
    /** A to OWNER_MIRRORING again, then routes; nothing is emptied, nothing copied again. */
    MIRROR_AGAIN(Phase.DUAL_WRITE),

    /**
     * Another server answers for a shard, or one lost commits: reads at the owners, acknowledged, then A to OWNER, stamped for
     * the server that answers, then routes [19]. Idempotent as each of these is.
     */
    SOURCES_ALONE(Phase.PREPARE),
    /** B to VACANT, stamped; streams from now; the servers that answer are those that later looks compare with [19]. */
    BEGIN_AGAIN(Phase.PREPARE),

    /** Hands back, one by one, the groups whose owner is B. */
    HAND_BACK(Phase.STOP_OLD_WRITES),
    /** Publishes reads at A and waits for the acknowledgements. */
    READS_BACK(Phase.BACKFILL),
    /** Group by group: A OWNER, B VACANT, routes. */
    STOP_MIRRORING(Phase.DUAL_WRITE),
    /** Publishes fence-free routes with the old slot map and ends the migration in the same transaction. */
    ROLLBACK_ROUTES(Phase.PREPARE),
    /** The end: nothing is run. */
    ROLLED_BACK(Phase.PREPARE),
    /** The end before phase 1, with nothing moved: nothing is run. */
    FAILED(Phase.PREPARE);

    private final Phase phase;

    Step(Phase phase) {
        this.phase = phase;
    }

    public Phase phase() {
        return phase;
    }

    /** The phase in which this step is done when it comes after one in {@code present}: the way back never shows a later one. */
    Phase phaseFrom(Phase present) {
        return isRollback() && phase.compareTo(present) > 0 ? present : phase;
    }

    public boolean isEnd() {
        return switch (this) {
            case COMPLETED, ROLLED_BACK, FAILED -> true;
            case PREFLIGHT,
                    TARGET_TABLES,
                    STREAMS,
                    FENCES,
                    FENCED_ROUTES,
                    OLD_FENCES,
                    MIRRORING,
                    MIRRORING_PASSED,
                    POINT_READS,
                    COPY,
                    CATCH_UP,
                    VERIFY,
                    AUTO_INCREMENT,
                    ALL_READS,
                    HANDOFF_CANARY,
                    HANDOFF_REST,
                    VACATE_SOURCES,
                    FINAL_ROUTES,
                    STEP_BACK,
                    AWAIT_TARGET,
                    MIRROR_AGAIN,
                    SOURCES_ALONE,
                    BEGIN_AGAIN,
                    HAND_BACK,
                    READS_BACK,
                    STOP_MIRRORING,
                    ROLLBACK_ROUTES -> false;
        };
    }

    /** Whether every shard's stream runs from here on: a new leader starts them even if it has nothing else to do. */
    public boolean needsStreams() {
        return switch (this) {
            case FENCES,
                    FENCED_ROUTES,
                    OLD_FENCES,
                    MIRRORING,
                    MIRRORING_PASSED,
                    POINT_READS,
                    COPY,
                    CATCH_UP,
                    VERIFY,
                    AUTO_INCREMENT,
                    ALL_READS,
                    HANDOFF_CANARY,
                    HANDOFF_REST,
                    STEP_BACK,
                    AWAIT_TARGET,
                    MIRROR_AGAIN,
                    SOURCES_ALONE,
                    BEGIN_AGAIN,
                    HAND_BACK,
                    READS_BACK -> true;
            case PREFLIGHT,
                    TARGET_TABLES,
                    STREAMS,
                    VACATE_SOURCES,
                    FINAL_ROUTES,
                    STOP_MIRRORING,
                    ROLLBACK_ROUTES,
                    COMPLETED,
                    ROLLED_BACK,
                    FAILED -> false;
        };
    }

    /** Whether this step belongs to the way back. */
    public boolean isRollback() {
        return switch (this) {
            case HAND_BACK, READS_BACK, STOP_MIRRORING, ROLLBACK_ROUTES, ROLLED_BACK -> true;
            case PREFLIGHT,
                    TARGET_TABLES,
                    STREAMS,
                    FENCES,
                    FENCED_ROUTES,
                    OLD_FENCES,
                    MIRRORING,
                    MIRRORING_PASSED,
                    POINT_READS,
                    COPY,
                    CATCH_UP,
                    VERIFY,
                    AUTO_INCREMENT,
                    ALL_READS,
                    HANDOFF_CANARY,
                    HANDOFF_REST,
                    VACATE_SOURCES,
                    FINAL_ROUTES,
                    STEP_BACK,
                    AWAIT_TARGET,
                    MIRROR_AGAIN,
                    SOURCES_ALONE,
                    BEGIN_AGAIN,
                    COMPLETED,
                    FAILED -> false;
        };
    }

    /** Whether agents mirror every group to its target, and no group has been handed over: a target that fails stops writes. */
    public boolean mirrorsToTargets() {
        return switch (this) {
            case MIRRORING_PASSED, POINT_READS, COPY, CATCH_UP, VERIFY, AUTO_INCREMENT, ALL_READS -> true;
            case PREFLIGHT,
                    TARGET_TABLES,
                    STREAMS,
                    FENCES,
                    FENCED_ROUTES,
                    OLD_FENCES,
                    MIRRORING,
                    HANDOFF_CANARY,
                    HANDOFF_REST,
                    VACATE_SOURCES,
                    FINAL_ROUTES,
                    STEP_BACK,
                    AWAIT_TARGET,
                    MIRROR_AGAIN,
                    SOURCES_ALONE,
                    BEGIN_AGAIN,
                    COMPLETED,
                    HAND_BACK,
                    READS_BACK,
                    STOP_MIRRORING,
                    ROLLBACK_ROUTES,
                    ROLLED_BACK,
                    FAILED -> false;
        };
    }

    /**
     * Whether the sources own every group, behind fences, so that all can begin again from there when another server answers
     * for a shard [19]. From phase 4 on a target may own what no source has.
     */
    public boolean beginsAgain() {
        boolean forward = compareTo(FENCED_ROUTES) >= 0 && compareTo(ALL_READS) <= 0;
        return forward || this == STEP_BACK || this == AWAIT_TARGET || this == MIRROR_AGAIN;
    }

    /** Whether groups are handed over or back: a target may own some, and then only it can take their writes. */
    public boolean handsOver() {
        return this == HANDOFF_CANARY || this == HANDOFF_REST || this == HAND_BACK;
    }

    /** Whether {@code pause} stops it: copy, verification and what begins a transition; the rest ends within its deadline. */
    public boolean stopsAtPause() {
        return switch (this) {
            case COPY,
                    CATCH_UP,
                    VERIFY,
                    HANDOFF_CANARY,
                    HANDOFF_REST,
                    PREFLIGHT,
                    TARGET_TABLES,
                    STREAMS,
                    FENCES,
                    FENCED_ROUTES,
                    OLD_FENCES,
                    MIRRORING,
                    MIRRORING_PASSED,
                    POINT_READS,
                    AUTO_INCREMENT,
                    ALL_READS,
                    MIRROR_AGAIN,
                    VACATE_SOURCES -> true;
            // the way back ends a pause, what publishes an end is one transaction, and writers come before a pause
            case STEP_BACK,
                    AWAIT_TARGET,
                    SOURCES_ALONE,
                    BEGIN_AGAIN,
                    FINAL_ROUTES,
                    HAND_BACK,
                    READS_BACK,
                    STOP_MIRRORING,
                    ROLLBACK_ROUTES,
                    COMPLETED,
                    ROLLED_BACK,
                    FAILED -> false;
        };
    }
}
