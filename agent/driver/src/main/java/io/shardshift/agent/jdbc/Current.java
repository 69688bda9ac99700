package io.shardshift.agent.jdbc;

import io.shardshift.agent.routes.Pin;
import io.shardshift.agent.routes.RouteSnapshot;
import io.shardshift.agent.transaction.WritingTransaction;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A transaction under way.
 *
 * @param overrides routes found by the fences alone, while the routes that say so are on their way [23]
 * @param writing null for a read-only one: that needs no fence [30]
 */
record Current(
        Pin pin,
        Lease lease,
        ShardName shard,
        Map<GroupId, Route> overrides,
        @Nullable WritingTransaction writing) {

    RouteSnapshot snapshot() {
        return pin.snapshot();
    }

    /** The route of a moving slot as this transaction holds it, null for a slot that stays and for what has no slot. */
    @Nullable
    Route route(int slot) {
        if (slot == ShardFunction.NO_SLOT) {
            return null;
        }
        Route route = snapshot().index().route(slot);
        return route == null ? null : overrides.getOrDefault(route.group().id(), route);
    }
}
