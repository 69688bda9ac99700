package io.shardshift.controller.migration;

/** Where a hand-off stands; recorded before the stage's work begins. "From" is the present owner, "to" the next one. */
public enum HandoffStage {
    /** Writers are held: {@code until} in the hold row at "from". */
    HOLD,
    /** The fence at "from" is being set CLOSED. */
    CLOSE,
    /** Waiting until the applier has passed this CLOSED event. */
    DRAIN,
    /** Going back only: the reads go to "to" and every agent acknowledges [30]. */
    PUBLISH_READS,
    /** The fence at "to" is being set OWNER; once it is, the way is forward. */
    OPEN,
    /** The fence at "from" is being set MIRROR, for the stream from "to". */
    MIRROR_BACK,
    /** The new routes are being published. */
    PUBLISH_ROUTES,
    /** "to" owns the group. */
    DONE,
    /** Taking back after PUBLISH_READS: the old reads are published and acknowledged first [30]. */
    RESTORE_READS,
    /** Taking back: the fence at "to" is rewritten (MIRROR, step + 1), so that no late OWNER can follow [1]. */
    REWRITE,
    /** Taking back: "from" gets back the role that it had. */
    REOPEN,
    /** Taking back: the old routes are published. */
    RESTORE_ROUTES,
    /** "from" owns the group as before; nothing has happened but a short wait. */
    TAKEN_BACK
}
