package io.shardshift.controller.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.PacingSpec;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.znode.ZnodePaths;
import io.shardshift.controller.migration.MigrationState;
import io.shardshift.controller.store.KeyspaceRecord;
import io.shardshift.controller.store.LeaderStore;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.controller.store.TestLeader;
import io.shardshift.coordination.Coordination;
import io.shardshift.coordination.CoordinationException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a real ZooKeeper. */
@SuppressWarnings("NullAway.Init")
class ForgettingTest {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final MigrationName OTHER = new MigrationName("other");
    private static final SlotMap SLOTS =
            new SlotMap(16, new TreeMap<>(Map.of(new ShardName("s0"), SlotRanges.of(0, 15))));

    private final MigrationName name = new MigrationName("forgotten-" + NAMES.incrementAndGet());
    private final KeyspaceName keyspace = new KeyspaceName("forgetful" + NAMES.get());
    private TestLeader leader;

    @BeforeEach
    void open() throws Exception {
        leader = TestLeader.take("forgetting");
        leader.coordination.ensure(ZnodePaths.migrations());
        leader.coordination.ensure(ZnodePaths.keyspaces());
        keyspaceIsHeldBy(null);
        leader.store.put(ZnodePaths.migration(name), migration());
        leader.store.put(ZnodePaths.state(name), MigrationState.initial(Gates.DEFAULT, false, Instant.EPOCH));
        leader.coordination.ensure(ZnodePaths.progress(name) + "/copy-0");
        leader.coordination.ensure(ZnodePaths.intents(name));
    }

    @AfterEach
    void close() {
        leader.close();
    }

    private MigrationRecord migration() {
        MigrationPlan plan = new MigrationPlan(
                name,
                keyspace,
                new TreeMap<>(),
                new TreeMap<>(),
                Gates.DEFAULT,
                GroupsSpec.DEFAULT,
                HandoffSpec.DEFAULT,
                MigrationPlan.Reads.STRICT,
                MigrationPlan.Backfill.COPY,
                PacingSpec.DEFAULT,
                List.of());
        return new MigrationRecord(1, new MigrationId(name + "-1"), plan, List.of(), SLOTS, "", Instant.EPOCH);
    }

    private void keyspaceIsHeldBy(@Nullable MigrationName running) throws Exception {
        Keyspace definition = new Keyspace(
                keyspace,
                new ShardFunction.Modulo(16),
                new TreeMap<>(),
                false,
                new TreeMap<>(),
                SLOTS,
                null,
                List.of(),
                ShardKeyForm.AS_IS);
        leader.store.put(
                ZnodePaths.keyspace(keyspace),
                new KeyspaceRecord(definition, new TreeMap<>(), running, null, List.of(name, OTHER)));
    }

    private KeyspaceRecord stored() throws Exception {
        return leader.store
                .read(ZnodePaths.keyspace(keyspace), KeyspaceRecord.class)
                .orElseThrow()
                .value();
    }

    /** The store of a leader that dies after its first write. */
    private LeaderStore dying() {
        AtomicInteger writes = new AtomicInteger();
        Coordination dies = (Coordination) Proxy.newProxyInstance(
                ForgettingTest.class.getClassLoader(),
                new Class<?>[] {Coordination.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("transact") && writes.incrementAndGet() > 1) {
                        throw new CoordinationException(CoordinationException.Kind.UNREACHABLE, "dead", null);
                    }
                    try {
                        return method.invoke(leader.coordination, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return new LeaderStore(dies, leader.store.term());
    }

    @Test
    void oneWriteTakesAllAwayAndTheNameOutOfTheKeyspace() throws Exception {
        Forgetting.forget(dying(), migration());
        assertThat(leader.store.exists(ZnodePaths.migration(name))).isFalse();
        assertThat(stored().migrations()).containsExactly(OTHER);
    }

    @Test
    void whatStillHoldsItsKeyspaceStays() throws Exception {
        keyspaceIsHeldBy(name);
        assertThatThrownBy(() -> Forgetting.forget(leader.store, migration()))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.MIGRATION_RUNNING));
        assertThat(leader.store.exists(ZnodePaths.state(name))).isTrue();
    }

    @Test
    void whatAnEarlierVersionForgotByHalfIsForgottenAndHoldsNoKeyspaceAnyMore() throws Exception {
        keyspaceIsHeldBy(name);
        leader.store.delete(ZnodePaths.state(name));
        assertThat(Forgetting.isHalfForgotten(leader.store, name)).isTrue();
        assertThatThrownBy(() -> Forgetting.requireNotHalfForgotten(leader.store, name))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ErrorCode.MIGRATION_NAME_TAKEN));
        Forgetting.forget(leader.store, migration());
        assertThat(leader.store.exists(ZnodePaths.migration(name))).isFalse();
        assertThat(stored().running()).isNull();
    }
}
