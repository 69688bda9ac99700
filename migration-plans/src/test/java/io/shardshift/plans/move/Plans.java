package io.shardshift.plans.move;

import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.PacingSpec;
import io.shardshift.api.plan.ShardSpec;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Slot maps and plans of few words. */
final class Plans {
    private Plans() {}

    static SlotMap today(int slots, Map<String, String> shards) {
        return new SlotMap(slots, ranges(shards));
    }

    static SortedMap<ShardName, SlotRanges> ranges(Map<String, String> shards) {
        SortedMap<ShardName, SlotRanges> ranges = new TreeMap<>();
        shards.forEach((shard, text) -> ranges.put(new ShardName(shard), SlotRanges.parse(text)));
        return ranges;
    }

    static MigrationPlan plan(
            Map<String, ShardSpec> shards, SortedMap<ShardName, SlotRanges> wanted, GroupsSpec groups) {
        SortedMap<ShardName, ShardSpec> named = new TreeMap<>();
        shards.forEach((name, spec) -> named.put(new ShardName(name), spec));
        return new MigrationPlan(
                new MigrationName("m"),
                new KeyspaceName("shop"),
                named,
                wanted,
                Gates.DEFAULT,
                groups,
                HandoffSpec.DEFAULT,
                MigrationPlan.Reads.STRICT,
                MigrationPlan.Backfill.COPY,
                PacingSpec.DEFAULT,
                List.of());
    }
}
