package io.shardshift.controller.coordinator;

import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.fence.FenceChanger;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;

/** Times the changes of a {@link FenceChanger}, those that failed too: they are the long ones. Thread-safe. */
final class TimedFences {
    private static final Set<String> CHANGES = Set.of("settle", "stamp", "change");

    /** Told of each change that has ended. */
    @FunctionalInterface
    interface Listener {
        void changed(ShardName shard, long nanos);
    }

    private TimedFences() {}

    /** The same changer, timed; by a proxy, so that all but changes goes past this class. */
    static FenceChanger of(FenceChanger changer, Timing timing, Listener listener) {
        return (FenceChanger) Proxy.newProxyInstance(
                FenceChanger.class.getClassLoader(),
                new Class<?>[] {FenceChanger.class},
                (proxy, called, arguments) -> {
                    long begun = timing.nanoTime();
                    try {
                        return called.invoke(changer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    } finally {
                        if (CHANGES.contains(called.getName()) && arguments[0] instanceof ShardName shard) {
                            listener.changed(shard, timing.nanoTime() - begun);
                        }
                    }
                });
    }
}
