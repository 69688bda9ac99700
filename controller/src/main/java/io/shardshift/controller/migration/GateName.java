package io.shardshift.controller.migration;

import io.shardshift.api.plan.Gates;

/** A gate of the plan: it stands before the phase, or the rest of the groups, that it names. */
public enum GateName {
    DUAL_WRITE,
    READ_NEW_FIRST,
    BACKFILL,
    STOP_OLD_WRITES,
    ALL_GROUPS,
    COMPLETE;

    public boolean isManual(Gates gates) {
        return switch (this) {
            case DUAL_WRITE -> gates.dualWrite() == Gates.Gate.MANUAL;
            case READ_NEW_FIRST -> gates.readNewFirst() == Gates.Gate.MANUAL;
            case BACKFILL -> gates.backfill() == Gates.Gate.MANUAL;
            case STOP_OLD_WRITES -> gates.stopOldWrites() == Gates.Gate.MANUAL;
            case ALL_GROUPS -> gates.allGroups() == Gates.Gate.MANUAL;
            case COMPLETE -> gates.complete() == Gates.Gate.MANUAL;
        };
    }

    /** {@code gates} with this one open. */
    Gates opened(Gates gates) {
        return new Gates(
                this == DUAL_WRITE ? Gates.Gate.AUTO : gates.dualWrite(),
                this == READ_NEW_FIRST ? Gates.Gate.AUTO : gates.readNewFirst(),
                this == BACKFILL ? Gates.Gate.AUTO : gates.backfill(),
                this == STOP_OLD_WRITES ? Gates.Gate.AUTO : gates.stopOldWrites(),
                this == ALL_GROUPS ? Gates.Gate.AUTO : gates.allGroups(),
                this == COMPLETE ? Gates.Gate.AUTO : gates.complete());
    }
}
