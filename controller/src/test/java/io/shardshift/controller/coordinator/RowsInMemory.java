package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.check.Check;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Work on the rows of a migration that has none: it finds everything in order, and tells when a shard is to be emptied. */
final class RowsInMemory implements ShardWork {
    /** Told of each emptying. */
    @FunctionalInterface
    interface Emptied {
        void under(ShardName shard, Fence vacant);
    }

    private final Emptied emptied;

    RowsInMemory(Emptied emptied) {
        this.emptied = emptied;
    }

    @Override
    public void empty(ShardName shard, Fence vacant, SlotRanges slots, Stop stop) {
        emptied.under(shard, vacant);
    }

    /** What every check finds, of whichever scope. */
    volatile List<Finding> findings = List.of();

    @Override
    public List<Finding> check(Check.Scope scope) {
        return findings;
    }

    @Override
    public List<Warnings.Warning> warnings() {
        return List.of();
    }

    @Override
    public void prepareShards(Deadline deadline) {}

    @Override
    public long rowsEmptied() {
        return 0;
    }

    @Override
    public void copy(Map<Integer, Long> attempts, Streams streams, Stop stop) {}

    @Override
    public void verify(Map<Integer, Long> attempts, Stop stop) {}

    @Override
    public void verifyBack(List<Group> atTargets, Map<Integer, Long> attempts, Stop stop) {}

    @Override
    public void rememberServers() {}

    @Override
    public void raiseAutoIncrement() {}

    @Override
    public void recall() {}

    @Override
    public long rowsDone() {
        return 0;
    }

    @Override
    public @Nullable Long etaSeconds() {
        return null;
    }

    @Override
    public @Nullable JsonNode copyStatus() {
        return null;
    }

    @Override
    public @Nullable JsonNode verificationStatus() {
        return null;
    }

    @Override
    public JsonNode differences() {
        return Json.tree(List.of());
    }

    @Override
    public JsonNode throttleStatus() {
        return Json.tree(Map.of());
    }
}
