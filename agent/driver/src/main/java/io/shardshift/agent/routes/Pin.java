package io.shardshift.agent.routes;

import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A transaction or read that runs under one epoch, from its first statement to its end. Identity matters; one thread. */
public final class Pin {
    private final RouteWatch watch;
    private final RouteSnapshot snapshot;
    private final String thread = Thread.currentThread().getName();
    private final Instant since;
    private volatile Supplier<String> statement = () -> "";
    private volatile @Nullable Runnable cut;

    Pin(RouteWatch watch, RouteSnapshot snapshot, Instant since) {
        this.watch = watch;
        this.snapshot = snapshot;
        this.since = since;
    }

    /** The registration under which it runs: connections of another one are not for it [29]. */
    public RouteWatch watch() {
        return watch;
    }

    /** Ends it. */
    public void end() {
        watch.unpin(this);
    }

    public RouteSnapshot snapshot() {
        return snapshot;
    }

    /** The newest statement, with {@code ?} for values, as status shows it. */
    public void running(Supplier<String> sql) {
        statement = sql; // asked only when it holds an acknowledgement up: masking values is not for the hot path
    }

    /**
     * From now on, until {@code null} is given: how the statement that runs can be cut off, by another thread, where it holds
     * up an acknowledgement at a shard that does not answer. Only for what can be run again elsewhere.
     */
    public void cutBy(@Nullable Runnable how) {
        cut = how;
    }

    /** Cuts it off if that was allowed; one that ends meanwhile finds its connection gone, which a pool replaces. */
    void cutOff() {
        Runnable how = cut;
        if (how != null) {
            cut = null;
            how.run();
        }
    }

    String thread() {
        return thread;
    }

    Instant since() {
        return since;
    }

    String statement() {
        return statement.get();
    }
}
