package io.shardshift.agent.routes;

import io.shardshift.api.routing.RouteTable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One epoch's routes with all that runs under them. Thread-safe. */
public final class RouteSnapshot {
    private final RouteTable table;
    private final RouteTable.Index index;
    private final Set<Pin> pins = ConcurrentHashMap.newKeySet();

    public RouteSnapshot(RouteTable table) {
        this.table = table;
        this.index = table.index();
    }

    public RouteTable table() {
        return table;
    }

    public RouteTable.Index index() {
        return index;
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
