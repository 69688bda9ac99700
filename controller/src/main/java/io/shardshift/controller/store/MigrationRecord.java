package io.shardshift.controller.store;

import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.SlotMap;
import java.time.Instant;
import java.util.List;

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
}
