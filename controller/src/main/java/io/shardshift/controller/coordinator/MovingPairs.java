package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.controller.copy.MirroredPair;
import io.shardshift.controller.store.MigrationRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Groups of a migration with one owner and one mirror: they are copied and compared together. Stateless. */
final class MovingPairs {
    private MovingPairs() {}

    /** Every group, owned by its source. */
    static List<MirroredPair> of(MigrationRecord migration) {
        return pairs(migration, migration.groups());
    }

    /** Groups that their targets own, with source and target exchanged. */
    static List<MirroredPair> back(MigrationRecord migration, List<Group> atTargets) {
        return pairs(
                migration,
                atTargets.stream()
                        .map(group -> new Group(group.id(), group.slots(), group.target(), group.source()))
                        .toList());
    }

    private static List<MirroredPair> pairs(MigrationRecord migration, List<Group> groups) {
        Map<List<ShardName>, List<Group>> byPair = new LinkedHashMap<>();
        for (Group group : groups) {
            byPair.computeIfAbsent(List.of(group.source(), group.target()), any -> new ArrayList<>())
                    .add(group);
        }
        return byPair.entrySet().stream()
                .map(entry -> new MirroredPair(
                        entry.getKey().get(0),
                        entry.getKey().get(1),
                        entry.getValue(),
                        slotsOn(migration, entry.getKey().get(0))))
                .toList();
    }

    private static int slotsOn(MigrationRecord migration, ShardName shard) {
        SlotRanges slots = migration.from().shards().get(shard);
        return slots == null ? migration.from().slots() : slots.size();
    }
}
