package io.shardshift.agent.jdbc;

import io.shardshift.agent.jdbc.StatementCall.Parameter;
import io.shardshift.agent.routes.RouteSnapshot;
import io.shardshift.agent.sql.ShardKeyCondition;
import io.shardshift.agent.sql.ValueSource;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.shard.ShardedTable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where a statement goes under one epoch.
 *
 * @param owner the one shard that owns all slots which it can meet
 * @param slots those slots; null for a keyless statement: it can meet any
 * @param routes routes of the moving groups among them
 */
record Placement(ShardName owner, @Nullable Set<Integer> slots, List<Route> routes) {
    /** Throws 0A000 where no one shard owns all that the statement can meet. */
    static Placement of(
            RouteSnapshot snapshot,
            ShardKeyCondition condition,
            List<ShardedTable> tables,
            List<Parameter> parameters,
            Map<GroupId, Route> overrides,
            String sql)
            throws SQLException {
        Optional<Set<Integer>> slots = slots(condition, tables, parameters);
        if (slots.isPresent()) {
            return bySlots(snapshot, slots.get(), overrides, sql);
        }
        Map<GroupId, Route> routes = new LinkedHashMap<>();
        for (Route route : snapshot.table().routes()) {
            routes.put(route.group().id(), overrides.getOrDefault(route.group().id(), route));
        }
        ShardName owner = snapshot.index().onlyOwner();
        for (Route route : routes.values()) {
            if (owner != null && !route.owner().equals(owner)) {
                owner = null;
            }
        }
        if (owner == null) {
            throw AgentErrors.refused(
                    "it names no shard key, and several shards own the slots that it could meet", sql);
        }
        return new Placement(owner, null, List.copyOf(routes.values()));
    }

    private static Placement bySlots(
            RouteSnapshot snapshot, Set<Integer> slots, Map<GroupId, Route> overrides, String sql) throws SQLException {
        ShardName owner = null;
        Map<GroupId, Route> routes = new LinkedHashMap<>();
        for (int slot : slots) {
            Route route = snapshot.index().route(slot);
            if (route != null) {
                route = overrides.getOrDefault(route.group().id(), route);
                routes.put(route.group().id(), route);
            }
            ShardName of = route != null ? route.owner() : snapshot.index().owner(slot);
            if (owner != null && !owner.equals(of)) {
                throw AgentErrors.refused("its rows are on shards " + owner + " and " + of, sql); // [31]
            }
            owner = of;
        }
        if (owner == null) {
            throw AgentErrors.refused("it names no row", sql);
        }
        return new Placement(owner, slots, new ArrayList<>(routes.values()));
    }

    /** The slots that the condition names; empty when it names none for certain. */
    static Optional<Set<Integer>> slots(
            ShardKeyCondition condition, List<ShardedTable> tables, List<Parameter> parameters) {
        if (!(condition instanceof ShardKeyCondition.Values values) || tables.isEmpty()) {
            return Optional.empty();
        }
        Set<Integer> slots = new TreeSet<>();
        for (List<ValueSource> key : values.alternatives()) {
            for (ShardedTable table :
                    tables) { // the key's columns have one type in all tables, or the value is not certain
                if (key.size() != table.shardKey().size()) {
                    return Optional.empty();
                }
                Optional<Integer> slot = key.isEmpty() ? Optional.of(0) : BoundValues.slot(key, parameters, table);
                if (slot.isEmpty()) {
                    return Optional.empty();
                }
                slots.add(slot.get());
            }
        }
        return Optional.of(slots);
    }
}
