package io.shardshift.controller.coordinator;

import static io.shardshift.controller.fence.FencedPair.GROUP;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.codec.Json;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.controller.apply.Naming;
import io.shardshift.controller.fence.FenceChanger;
import io.shardshift.controller.fence.FenceException;
import io.shardshift.controller.fence.FencedPair;
import io.shardshift.controller.fence.GroupFences;
import io.shardshift.controller.migration.HandoffStage;
import io.shardshift.controller.migration.HandoffState;
import io.shardshift.controller.store.TestLeader;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One leader's hand-off of the pair's group: fences and intents are real, streams and routes are in memory. It can die after
 * each durable step, and a test can act at the beginning of each stage.
 */
final class HandoffRun implements Handoff.Record, Handoff.Routes, Handoff.Holders, Streams {
    /** The controller has died. */
    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** What a test does when a stage has been recorded. */
    @FunctionalInterface
    interface Action {
        void run() throws Exception;
    }

    static final MigrationName NAME = new MigrationName("handoff");

    final List<HandoffStage> stages = new ArrayList<>();
    final List<Route> routes = new ArrayList<>();
    final List<Fence> markers = new ArrayList<>();
    /** Roles at source and target when the routes of the same number were published. */
    final List<List<Role>> rolesAtRoutes = new ArrayList<>();

    final TestLeader leader;
    final GroupFences fences;
    boolean drains = true;
    boolean kills;
    int dieAfter = Integer.MAX_VALUE;

    @Nullable
    HandoffState stored;

    private final FencedPair pair;
    private final Map<HandoffStage, Action> actions = new EnumMap<>(HandoffStage.class);
    private int steps;

    HandoffRun(FencedPair pair, TestLeader leader, FenceChanger changer) {
        this.pair = pair;
        this.leader = leader;
        fences = new GroupFences(new Counting(changer), leader.store, NAME);
    }

    void at(HandoffStage stage, Action action) {
        actions.put(stage, action);
    }

    HandoffState run(HandoffState from, Duration deadline) throws Exception {
        return run(from, deadline, this);
    }

    HandoffState run(HandoffState from, Duration deadline, Handoff.Holders holders) throws Exception {
        HandoffSpec spec = new HandoffSpec(
                deadline,
                deadline,
                kills ? HandoffSpec.OnLongTransaction.KILL : HandoffSpec.OnLongTransaction.TAKE_BACK);
        return new Handoff(GROUP, fences, this, this, this, holders, spec, SystemTiming.INSTANCE).run(from);
    }

    /** Counts durable steps, looks at both fences after each, and dies when it is time. */
    private void step() {
        try {
            assertThat(pair.role(FencedPair.SOURCE).owns()
                            && pair.role(FencedPair.TARGET).owns())
                    .describedAs("two owners")
                    .isFalse();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        steps++;
        if (steps >= dieAfter) {
            throw new Died();
        }
    }

    @Override
    public void store(HandoffState state) {
        stored = state;
        stages.add(state.stage());
        step();
        Action action = actions.get(state.stage());
        if (action != null) {
            try {
                action.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void publish(List<Route> changed) {
        routes.addAll(changed);
        try {
            assertThat(fences.hasIntent(GROUP)).isTrue(); // [32] open until the routes of the rest are published
            rolesAtRoutes.add(List.of(pair.role(FencedPair.SOURCE), pair.role(FencedPair.TARGET)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        step();
    }

    @Override
    public void publishAndAwait(List<Route> changed, Deadline deadline) {
        publish(changed);
    }

    @Override
    public @Nullable String name(ShardName shard, GroupId group) {
        return "web-3, pid 41";
    }

    @Override
    public boolean kill(ShardName shard, GroupId group) {
        return false;
    }

    @Override
    public void beginAnew(ShardName shard, Deadline deadline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean awaitPassed(ShardName shard, Fence marker, ShardWork.Stop stop, Deadline deadline) {
        markers.add(marker);
        return drains;
    }

    @Override
    public void start(Set<ShardName> shards, Deadline deadline) {}

    @Override
    public long beat(ShardName shard, Deadline deadline) {
        return 1;
    }

    @Override
    public boolean awaitHeartbeat(ShardName shard, ShardWork.Stop stop, Deadline deadline) {
        return true;
    }

    @Override
    public @Nullable Duration drainTime(ShardName shard, Group group, Deadline deadline) {
        return Duration.ZERO;
    }

    @Override
    public boolean hasMetNow(ShardName source, Deadline deadline) {
        return true;
    }

    @Override
    public Naming naming(ShardName source, String id) {
        return Naming.none();
    }

    @Override
    public @Nullable Duration lag(ShardName shard) {
        return Duration.ZERO;
    }

    @Override
    public Map<ShardName, Problem> problems() {
        return Map.of();
    }

    @Override
    public JsonNode status() {
        return Json.tree(Map.of());
    }

    @Override
    public void close() {
        fences.changer().close();
    }

    /** A changer whose changes are durable steps. */
    private final class Counting implements FenceChanger {
        private final FenceChanger changer;

        Counting(FenceChanger changer) {
            this.changer = changer;
        }

        @Override
        public void insert(ShardName shard, Fence fence, Deadline deadline) throws FenceException {
            changer.insert(shard, fence, deadline);
        }

        @Override
        public Optional<Fence> read(ShardName shard, GroupId group, Deadline deadline) throws FenceException {
            return changer.read(shard, group, deadline);
        }

        @Override
        public List<Fence> readAll(ShardName shard, Deadline deadline) throws FenceException {
            return changer.readAll(shard, deadline);
        }

        @Override
        public Fence settle(ShardName shard, GroupId group, Deadline deadline) throws FenceException {
            Fence settled = changer.settle(shard, group, deadline);
            step();
            return settled;
        }

        @Override
        public Fence stamp(ShardName shard, GroupId group, Deadline deadline) throws FenceException {
            Fence stamped = changer.stamp(shard, group, deadline);
            step();
            return stamped;
        }

        @Override
        public Fence change(ShardName shard, Fence known, Role role, Deadline deadline) throws FenceException {
            Fence changed = changer.change(shard, known, role, deadline);
            step();
            return changed;
        }

        @Override
        public void hold(ShardName shard, GroupId group, long millis, Deadline deadline) throws FenceException {
            changer.hold(shard, group, millis, deadline);
            step();
        }

        @Override
        public void close() {
            changer.close();
        }
    }
}
