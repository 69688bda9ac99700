package io.shardshift.controller.store;

import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A migration as it was accepted; written once.
 *
 * @param groups computed once from the plan and the slot map of that time
 * @param from the slot map when it began
 * @param planDigest digest of the canonical plan: the same again is the same
 */
public record MigrationRecord(
        int version,
        MigrationId id,
        MigrationPlan plan,
        List<Group> groups,
        SlotMap from,
        String planDigest,
        Instant submitted) {
    public MigrationRecord {
        groups = List.copyOf(groups);
    }

    /** Shards that a group leaves. */
    public SortedSet<ShardName> sources() {
        return shardsBy(Group::source);
    }

    /** Shards that a group goes to. */
    public SortedSet<ShardName> targets() {
        return shardsBy(Group::target);
    }

    /** Both. */
    public SortedSet<ShardName> shards() {
        SortedSet<ShardName> shards = sources();
        shards.addAll(targets());
        return shards;
    }

    private SortedSet<ShardName> shardsBy(Function<Group, ShardName> side) {
        return groups.stream().map(side).collect(Collectors.toCollection(TreeSet::new));
    }
}
