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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where a statement can go under one epoch.
 *
 * @param owners the shards that own the slots which it can meet
 * @param readShards where a read without a fence finds those slots: of a slot that stays, its owner
 * @param slots those slots; null for a keyless statement: it can meet any
 * @param routes routes of the moving groups among them
 */
record Placement(
        Set<ShardName> owners,
        Set<ShardName> readShards,
        @Nullable Set<Integer> slots,
        Collection<Route> routes) {

    static Placement of(
            RouteSnapshot snapshot,
            ShardKeyCondition condition,
            List<ShardedTable> tables,
            List<Parameter> parameters,
            Map<GroupId, Route> overrides) {
        Optional<Set<Integer>> slots = slots(condition, tables, parameters);
        if (slots.isPresent() && slots.get().size() == 1) { // nearly every statement
            int slot = slots.get().iterator().next();
            if (snapshot.index().route(slot) == null) {
                Set<ShardName> owner = Set.of(snapshot.index().owner(slot));
                return new Placement(owner, owner, slots.get(), List.of());
            }
        }
        Set<ShardName> owners = new TreeSet<>();
        Set<ShardName> readShards = new TreeSet<>();
        Map<GroupId, Route> routes = new LinkedHashMap<>();
        if (slots.isPresent()) {
            for (int slot : slots.get()) {
                Route route = snapshot.index().route(slot);
                if (route == null) {
                    owners.add(snapshot.index().owner(slot));
                    readShards.add(snapshot.index().owner(slot));
                } else {
                    routes.put(
                            route.group().id(),
                            overrides.getOrDefault(route.group().id(), route));
                }
            }
        } else {
            owners.addAll(snapshot.ownersOfStayingSlots());
            readShards.addAll(snapshot.ownersOfStayingSlots());
            for (Route route : snapshot.table().routes()) {
                routes.put(
                        route.group().id(), overrides.getOrDefault(route.group().id(), route));
            }
        }
        for (Route route : routes.values()) {
            owners.add(route.owner());
            readShards.add(route.reads());
        }
        return new Placement(owners, readShards, slots.orElse(null), routes.values());
    }

    /** The one shard that owns all that the statement can meet; throws 0A000 where there are several [31]. */
    ShardName owner(String sql) throws SQLException {
        return only(owners, sql);
    }

    /** The one shard where a read without a fence finds all that it can meet; throws 0A000 where there are several. */
    ShardName readShard(String sql) throws SQLException {
        return only(readShards, sql);
    }

    private ShardName only(Set<ShardName> shards, String sql) throws SQLException {
        if (shards.size() == 1) {
            return shards.iterator().next();
        }
        if (slots == null) {
            throw AgentErrors.refused(
                    "it names no shard key, and shards " + shards + " hold the slots that it could meet", sql);
        }
        throw AgentErrors.refused(shards.isEmpty() ? "it names no row" : "its rows are on shards " + shards, sql);
    }

    /** Where an autocommit point read looks first (phase 2); null where there is no such shard. */
    @Nullable
    ShardName pointReadsFirst() {
        return slots != null && slots.size() == 1 && routes.size() == 1
                ? routes.iterator().next().pointReadsFirst()
                : null;
    }

    /** The slots that the condition names; empty when it names none for certain. */
    static Optional<Set<Integer>> slots(
            ShardKeyCondition condition, List<ShardedTable> tables, List<Parameter> parameters) {
        if (!(condition instanceof ShardKeyCondition.Values values) || tables.isEmpty()) {
            return Optional.empty();
        }
        if (values.alternatives().size() == 1 && tables.size() == 1) { // nearly every statement
            return slot(values.alternatives().get(0), tables.get(0), parameters).map(Set::of);
        }
        Set<Integer> slots = new TreeSet<>();
        for (List<ValueSource> key : values.alternatives()) {
            for (ShardedTable table :
                    tables) { // the key's columns have one type in all tables, or the value is not certain
                Optional<Integer> slot = slot(key, table, parameters);
                if (slot.isEmpty()) {
                    return Optional.empty();
                }
                slots.add(slot.get());
            }
        }
        return Optional.of(slots);
    }

    private static Optional<Integer> slot(List<ValueSource> key, ShardedTable table, List<Parameter> parameters) {
        if (key.size() != table.shardKey().size()) {
            return Optional.empty();
        }
        return key.isEmpty() ? Optional.of(0) : BoundValues.slot(key, parameters, table);
    }
}
