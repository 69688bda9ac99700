package io.shardshift.agent.routes;

import io.shardshift.api.routing.RouteTable;
import io.shardshift.api.routing.ShardName;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** One epoch's routes with all that runs under them. Thread-safe. */
public final class RouteSnapshot {
    private final RouteTable table;
    private final RouteTable.Index index;
    private final Set<ShardName> ownersOfStayingSlots = new TreeSet<>();
    private final Set<Pin> pins = ConcurrentHashMap.newKeySet();

    public RouteSnapshot(RouteTable table) {
        this.table = table;
        this.index = table.index();
        for (int slot = 0; slot < table.slotMap().slots(); slot++) {
            if (index.route(slot) == null) {
                ownersOfStayingSlots.add(index.owner(slot));
            }
        }
    }

    public RouteTable table() {
        return table;
    }

    public RouteTable.Index index() {
        return index;
    }

    /** Owners of the slots that no route moves; empty when all slots move. */
    public Set<ShardName> ownersOfStayingSlots() {
        return ownersOfStayingSlots;
    }

    public boolean isMigrating() {
        return table.migration() != null;
    }

    void add(Pin pin) {
        pins.add(pin);
    }

    void remove(Pin pin) {
        pins.remove(pin);
    }

    /** What still runs under this epoch. An element added before the call is seen. */
    Iterable<Pin> pins() {
        return pins;
    }

    boolean isQuiet() {
        return !pins.iterator().hasNext();
    }
}
