package io.shardshift.agent.routes;

import java.time.Instant;

/** A transaction or read that runs under one epoch, from its first statement to its end. Identity matters; one thread. */
public final class Pin {
    private final RouteSnapshot snapshot;
    private final String thread = Thread.currentThread().getName();
    private final Instant since;
    private volatile String statement = "";

    Pin(RouteSnapshot snapshot, Instant since) {
        this.snapshot = snapshot;
        this.since = since;
    }

    public RouteSnapshot snapshot() {
        return snapshot;
    }

    /** The newest statement, with {@code ?} for values, as status shows it. */
    public void running(String sql) {
        statement = sql;
    }

    String thread() {
        return thread;
    }

    Instant since() {
        return since;
    }

    String statement() {
        return statement;
    }
}
