package io.shardshift.api.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an operator submits: where slots shall live, and how carefully to go there.
 *
 * @param shards the new shards; those of the keyspace are known
 * @param slotMap slots that shall live on each shard; a slot that is not named stays
 * @param accepted warnings of preflight that the operator accepts, by error code
 */
public record MigrationPlan(
        @JsonProperty("migration") MigrationName name,
        KeyspaceName keyspace,
        SortedMap<ShardName, ShardSpec> shards,
        SortedMap<ShardName, SlotRanges> slotMap,
        Gates gates,
        GroupsSpec groups,
        HandoffSpec handoff,
        Reads reads,
        Backfill backfill,
        PacingSpec pacing,
        List<String> accepted) {
    /** Phase 2's point reads: in a locking transaction of their own, or plain. */
    public enum Reads {
        STRICT,
        RELAXED
    }

    /** What names the rows of the backfill: ranges of the primary key, or Debezium's incremental snapshot. */
    public enum Backfill {
        COPY,
        STREAM
    }

    public MigrationPlan {
        shards = Collections.unmodifiableSortedMap(new TreeMap<>(shards));
        slotMap = Collections.unmodifiableSortedMap(new TreeMap<>(slotMap));
        accepted = List.copyOf(accepted);
    }
}
