package io.shardshift.api.routing;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.shardshift.api.plan.Keyspace;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that an agent needs to route: one immutable value per epoch, published as one znode.
 *
 * @param keyspace tables, shard function and forms
 * @param shards every shard that a slot or a route names
 * @param slotMap steady-state placement of all slots
 * @param routes routes of the moving groups; a slot in one of them goes by the route, not by the slot map
 * @param migration the migration under way, null when there is none: then nothing is fenced
 * @param strictReads false only under the plan's {@code reads: relaxed}
 */
public record RouteTable(
        RoutesEpoch epoch,
        Keyspace keyspace,
        SortedMap<ShardName, ShardEndpoint> shards,
        SlotMap slotMap,
        List<Route> routes,
        @Nullable MigrationId migration,
        boolean strictReads) {
    public RouteTable {
        shards = Collections.unmodifiableSortedMap(new TreeMap<>(shards));
        routes = List.copyOf(routes);
        for (ShardName shard : slotMap.shards().keySet()) {
            if (!shards.containsKey(shard)) {
                throw new IllegalArgumentException("no endpoint for shard " + shard);
            }
        }
    }

    /** An index by slot for the hot path. Build it once per table. */
    @JsonIgnore
    public Index index() {
        return new Index(this);
    }

    public ShardEndpoint endpoint(ShardName shard) {
        ShardEndpoint endpoint = shards.get(shard);
        if (endpoint == null) {
            throw new IllegalArgumentException("no shard " + shard + " in keyspace " + keyspace.name());
        }
        return endpoint;
    }

    /** Answers by slot in constant time. Immutable, thread-safe. */
    public static final class Index {
        private final ShardName[] shards;
        private final @Nullable Route[] routes;
        private final @Nullable ShardName onlyOwner;

        private Index(RouteTable table) {
            int slots = table.slotMap().slots();
            shards = new ShardName[slots];
            routes = new Route[slots];
            for (Map.Entry<ShardName, SlotRanges> entry :
                    table.slotMap().shards().entrySet()) {
                entry.getValue().toBitSet().stream().forEach(slot -> shards[slot] = entry.getKey());
            }
            for (Route route : table.routes()) {
                route.group().slots().toBitSet().stream().forEach(slot -> {
                    routes[slot] = route;
                    shards[slot] = route.owner();
                });
            }
            boolean one = true;
            for (ShardName shard : shards) {
                one &= shard.equals(shards[0]);
            }
            onlyOwner = one ? shards[0] : null;
        }

        /** The shard that commits writes of {@code slot}. */
        public ShardName owner(int slot) {
            return shards[slot];
        }

        /** The route of a moving slot, null for one that stays. */
        public @Nullable Route route(int slot) {
            return routes[slot];
        }

        /** The one shard that owns every slot, null where there are several. */
        public @Nullable ShardName onlyOwner() {
            return onlyOwner;
        }
    }
}
