package io.shardshift.api.plan;

/** Which phases begin by themselves; a manual gate waits for {@code advance}. */
public record Gates(
        Gate dualWrite, Gate readNewFirst, Gate backfill, Gate stopOldWrites, Gate allGroups, Gate complete) {
    /** Whether a gate opens by itself. */
    public enum Gate {
        AUTO,
        MANUAL
    }

    /** The gates before the phases that can be undone by a rollback alone are open, the others wait for a person. */
    public static final Gates DEFAULT = new Gates(Gate.AUTO, Gate.AUTO, Gate.AUTO, Gate.MANUAL, Gate.AUTO, Gate.MANUAL);
}
