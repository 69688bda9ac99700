package io.shardshift.api.migration;

import static io.shardshift.api.migration.Phase.BACKFILL;
import static io.shardshift.api.migration.Phase.COMPLETE;
import static io.shardshift.api.migration.Phase.DUAL_WRITE;
import static io.shardshift.api.migration.Phase.PREPARE;
import static io.shardshift.api.migration.Phase.READ_NEW_FIRST;
import static io.shardshift.api.migration.Phase.STOP_OLD_WRITES;

import org.jspecify.annotations.Nullable;

/**
 * What each step of a migration does, in words for whoever watches it: a line each. The names are those of the status
 * document's {@code step}; one of a later version has none here.
 */
public enum StepText {
    PREFLIGHT(PREPARE, "run every check", "by itself; a check that fails ends the migration", Text.UNAWARE),
    TARGET_TABLES(
            PREPARE, "make bookkeeping and the targets' tables where they are absent", Text.BY_ITSELF, Text.UNAWARE),
    STREAMS(PREPARE, "start a change stream on every shard", Text.BY_ITSELF, Text.UNAWARE),
    FENCES(PREPARE, "write the fence of each group", Text.BY_ITSELF, Text.UNAWARE),
    FENCED_ROUTES(
            PREPARE,
            "agents check the fence in each transaction; wait for all of them",
            Text.WHEN_ACKNOWLEDGED,
            "each transaction reads one row more"),
    OLD_FENCES(PREPARE, "close what earlier migrations left", Text.BY_ITSELF, Text.UNAWARE),
    MIRRORING(
            DUAL_WRITE,
            "group by group: writes go to both shards before they are acknowledged",
            "by itself; a transaction that stays open keeps its group waiting",
            "writes take longer, and statements that cannot be mirrored safely are refused"),
    MIRRORING_PASSED(DUAL_WRITE, "wait until the streams have passed that point", Text.BY_ITSELF, Text.ON_BOTH),
    POINT_READS(
            READ_NEW_FIRST,
            "point reads ask the new shard first",
            Text.WHEN_ACKNOWLEDGED,
            "reads of a key that is not copied yet ask twice"),
    COPY(
            BACKFILL,
            "copy the rows",
            "by itself, as fast as the throttle lets it",
            "a write may wait some milliseconds for a row or range that is being copied"),
    CATCH_UP(BACKFILL, "wait until every stream has caught up", Text.BY_ITSELF, Text.ON_BOTH),
    VERIFY(
            BACKFILL,
            "compare both sides, repair what differs",
            "by itself; a row that cannot be repaired keeps it waiting",
            Text.ON_BOTH),
    AUTO_INCREMENT(BACKFILL, "raise AUTO_INCREMENT at the targets", Text.BY_ITSELF, Text.ON_BOTH),
    ALL_READS(
            BACKFILL,
            "send all reads to the new shards",
            Text.WHEN_ACKNOWLEDGED,
            "reads come from the new shards, writes go to both"),
    HANDOFF_CANARY(STOP_OLD_WRITES, "hand over the first group, the canary", Text.UNTIL_DRAINED, Text.HELD),
    HANDOFF_REST(STOP_OLD_WRITES, "hand over the other groups, one by one", Text.UNTIL_DRAINED, Text.HELD),
    VACATE_SOURCES(
            COMPLETE,
            "the old shards give their slots up: from here there is no rollback",
            Text.BY_ITSELF,
            Text.UNAWARE),
    FINAL_ROUTES(COMPLETE, "publish the new slot map, without fences", Text.BY_ITSELF, Text.UNAWARE),
    COMPLETED(COMPLETE, "the end: the new shards own the slots", Text.ENDED, Text.UNAWARE),

    STEP_BACK(
            DUAL_WRITE,
            "a target fails: reads and writes go to the old shards alone",
            Text.WHEN_ACKNOWLEDGED,
            Text.HICCUP),
    AWAIT_TARGET(
            DUAL_WRITE,
            "wait until the targets answer and have what they missed",
            "once somebody has mended the target",
            Text.ON_OLD),
    MIRROR_AGAIN(
            DUAL_WRITE,
            "writes go to both shards again; nothing is copied anew",
            Text.BY_ITSELF,
            "writes take longer again"),
    SOURCES_ALONE(
            PREPARE,
            "another server answers for a shard: reads and writes go to the old shards alone",
            "by itself, then waits for shardshift resume or rollback",
            Text.HICCUP),
    BEGIN_AGAIN(
            PREPARE,
            "begin again with the servers that answer now: what was copied does not count",
            Text.BY_ITSELF,
            Text.ON_OLD),

    HAND_BACK(
            STOP_OLD_WRITES,
            "rollback: hand the groups back to the old shards, one by one",
            Text.UNTIL_DRAINED,
            "writes of a group are held for milliseconds while it is handed back, and then go to its old shard"),
    READS_BACK(
            BACKFILL,
            "rollback: send all reads to the old shards",
            Text.WHEN_ACKNOWLEDGED,
            "reads come from the old shards, writes go to both"),
    STOP_MIRRORING(
            DUAL_WRITE,
            "rollback: stop mirroring, group by group",
            "by itself; a transaction that stays open keeps its group waiting",
            Text.ON_OLD),
    ROLLBACK_ROUTES(PREPARE, "rollback: publish the old slot map, without fences", Text.BY_ITSELF, Text.UNAWARE),
    ROLLED_BACK(PREPARE, "the end: the old shards own the slots, as before", Text.ENDED, Text.UNAWARE),
    FAILED(PREPARE, "the end: nothing has moved", Text.ENDED, Text.UNAWARE);

    /** What several steps have in common. */
    private static final class Text {
        static final String BY_ITSELF = "by itself";
        static final String WHEN_ACKNOWLEDGED =
                "once every agent has the new routes: a transaction that stays open keeps it waiting";
        static final String UNTIL_DRAINED =
                "by itself; a group whose writers do not end in time stays where it is and is tried again";
        static final String ENDED = "no more";

        static final String UNAWARE = "the application notices nothing";
        static final String ON_BOTH = "writes go on to both shards";
        static final String ON_OLD = "the application runs on the old shards alone";
        static final String HELD =
                "writes of a group are held for milliseconds while it is handed over, and then go to its new shard";
        static final String HICCUP = "writes wait or fail for some seconds, then go on at the old shards";
    }

    private final Phase phase;
    private final String does;
    private final String goesOn;
    private final String application;

    StepText(Phase phase, String does, String goesOn, String application) {
        this.phase = phase;
        this.does = does;
        this.goesOn = goesOn;
        this.application = application;
    }

    /** Null for a step of a later version. */
    public static @Nullable StepText of(String name) {
        for (StepText step : values()) {
            if (step.name().equals(name)) {
                return step;
            }
        }
        return null;
    }

    public Phase phase() {
        return phase;
    }

    /** What is done. */
    public String does() {
        return does;
    }

    /** How the migration gets on from here. */
    public String goesOn() {
        return goesOn;
    }

    /** What the application notices. */
    public String application() {
        return application;
    }
}
