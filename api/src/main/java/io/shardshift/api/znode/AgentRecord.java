package io.shardshift.api.znode;

import io.shardshift.api.routing.AgentId;
import io.shardshift.api.routing.RoutesEpoch;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent writes about itself.
 *
 * @param acknowledged newest epoch under which alone every transaction and read of it now runs; null before the first
 * @param holding transactions that keep it from acknowledging a newer epoch: thread, statement, age
 * @param registered where its row in {@code _shardshift_agent} exists
 */
public record AgentRecord(
        AgentId id,
        String host,
        long pid,
        String version,
        Instant since,
        @Nullable RoutesEpoch acknowledged,
        List<Holding> holding,
        List<String> registered) {
    /** A transaction begun under an older epoch. {@code statement} has {@code ?} for values. */
    public record Holding(String thread, String statement, Instant since) {}

    public AgentRecord {
        holding = List.copyOf(holding);
        registered = List.copyOf(registered);
    }
}
