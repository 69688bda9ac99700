package io.shardshift.controller.migration;

import io.shardshift.api.problem.Problem;

/**
 * A hand-off's transitions, pure.
 *
 * <pre>
 * HOLD to CLOSE to DRAIN to [PUBLISH_READS to] OPEN to MIRROR_BACK to PUBLISH_ROUTES to DONE: each after stageDone
 * HOLD, CLOSE, DRAIN to REWRITE:     after stageFailed
 * PUBLISH_READS to RESTORE_READS:    after stageFailed
 * OPEN to REWRITE or RESTORE_READS:  after stageFailed while "to" is known not to be OWNER
 * RESTORE_READS to REWRITE to REOPEN to RESTORE_ROUTES to TAKEN_BACK: each after stageDone
 * REWRITE to MIRROR_BACK:            after foundOpen: a late OWNER had taken effect, the way is forward
 * MIRROR_BACK, PUBLISH_ROUTES, and every stage of the take-back: stay after stageFailed, and are tried again
 * </pre>
 *
 * Stateless, thread-safe.
 */
public final class HandoffStateMachine {
    /** The stage's work has been done and is known to be done. */
    public HandoffState stageDone(HandoffState state) {
        return state.at(
                switch (state.stage()) {
                    case HOLD -> HandoffStage.CLOSE;
                    case CLOSE -> HandoffStage.DRAIN;
                    case DRAIN -> state.movesReads() ? HandoffStage.PUBLISH_READS : HandoffStage.OPEN;
                    case PUBLISH_READS -> HandoffStage.OPEN;
                    case OPEN -> HandoffStage.MIRROR_BACK;
                    case MIRROR_BACK -> HandoffStage.PUBLISH_ROUTES;
                    case PUBLISH_ROUTES, DONE -> HandoffStage.DONE;
                    case RESTORE_READS -> HandoffStage.REWRITE;
                    case REWRITE -> HandoffStage.REOPEN;
                    case REOPEN -> HandoffStage.RESTORE_ROUTES;
                    case RESTORE_ROUTES, TAKEN_BACK -> HandoffStage.TAKEN_BACK;
                });
    }

    /** The fence at "to" was found OWNER while taking back: its UPDATE was late, not lost [1]. */
    public HandoffState foundOpen(HandoffState state) {
        return state.stage() == HandoffStage.REWRITE ? state.at(HandoffStage.MIRROR_BACK) : state;
    }

    /** The stage's deadline passed, or its work failed, before "to" was OWNER: the outcome of a lost UPDATE counts as failed here, for REWRITE settles it [1]. */
    public HandoffState stageFailed(HandoffState state, Problem why) {
        return switch (state.stage()) {
            case HOLD, CLOSE, DRAIN -> state.takingBack(HandoffStage.REWRITE, why);
            case PUBLISH_READS -> state.takingBack(HandoffStage.RESTORE_READS, why);
            case OPEN -> state.takingBack(state.movesReads() ? HandoffStage.RESTORE_READS : HandoffStage.REWRITE, why);
            case MIRROR_BACK, PUBLISH_ROUTES, DONE, RESTORE_READS, REWRITE, REOPEN, RESTORE_ROUTES, TAKEN_BACK -> state;
        };
    }
}
