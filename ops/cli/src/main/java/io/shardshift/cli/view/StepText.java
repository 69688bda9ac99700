package io.shardshift.cli.view;

import org.jspecify.annotations.Nullable;

/** What the steps of a migration do, in words. A step of a later controller is shown by its name. */
enum StepText {
    PREFLIGHT("PREPARE", "run every check"),
    TARGET_TABLES("PREPARE", "make bookkeeping and the targets' tables where they are absent"),
    STREAMS("PREPARE", "start a change stream on every shard"),
    FENCES("PREPARE", "write the fence of each group"),
    FENCED_ROUTES("PREPARE", "agents check the fence in each transaction; wait for all of them"),
    OLD_FENCES("PREPARE", "close what earlier migrations left"),
    MIRRORING("DUAL_WRITE", "group by group: writes go to both shards before they are acknowledged"),
    MIRRORING_PASSED("DUAL_WRITE", "wait until the streams have passed that point"),
    POINT_READS("READ_NEW_FIRST", "point reads ask the new shard first"),
    COPY("BACKFILL", "copy the rows"),
    CATCH_UP("BACKFILL", "wait until every stream has caught up"),
    VERIFY("BACKFILL", "compare both sides, repair what differs"),
    AUTO_INCREMENT("BACKFILL", "raise AUTO_INCREMENT at the targets"),
    ALL_READS("BACKFILL", "send all reads to the new shards"),
    HANDOFF_CANARY("STOP_OLD_WRITES", "hand over the first group, the canary"),
    HANDOFF_REST("STOP_OLD_WRITES", "hand over the other groups, one by one"),
    VACATE_SOURCES("COMPLETE", "the old shards give their slots up: from here there is no rollback"),
    FINAL_ROUTES("COMPLETE", "publish the new slot map, without fences");

    private final String phase;
    private final String description;

    StepText(String phase, String description) {
        this.phase = phase;
        this.description = description;
    }

    static @Nullable StepText of(String name) {
        for (StepText step : values()) {
            if (step.name().equals(name)) {
                return step;
            }
        }
        return null;
    }

    String phase() {
        return phase;
    }

    String description() {
        return description;
    }
}
