package io.shardshift.controller.check;

import io.shardshift.api.plan.Gates;
import io.shardshift.api.plan.GroupsSpec;
import io.shardshift.api.plan.HandoffSpec;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.PacingSpec;
import io.shardshift.api.plan.ShardKeyForm;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.KeyspaceName;
import io.shardshift.api.routing.MigrationId;
import io.shardshift.api.routing.MigrationName;
import io.shardshift.api.routing.ShardEndpoint;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotMap;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.SystemTiming;
import io.shardshift.api.time.Timing;
import io.shardshift.cluster.MysqlServer;
import io.shardshift.controller.check.Check.Scope;
import io.shardshift.shard.Credentials;
import io.shardshift.shard.JdbcShardSessions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A keyspace of 16 slots on shard {@code source}, of which 0 to 7 move to {@code target}; each field may be changed before a run. */
final class MovedKeyspace {
    static final ShardName SOURCE = new ShardName("source");
    static final ShardName TARGET = new ShardName("target");

    private final Map<ShardName, ShardEndpoint> endpoints = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();
    final Map<String, TableSpec> tables = new TreeMap<>();
    ShardFunction function = new ShardFunction.Crc32(16);
    List<String> unique = List.of();

    @Nullable
    Integer autoIncrement;

    ShardKeyForm form = ShardKeyForm.AS_IS;
    List<String> accepted = List.of();
    MigrationPlan.Backfill backfill = MigrationPlan.Backfill.COPY;
    List<Group> groups = List.of(group(SlotRanges.of(0, 7), SOURCE, TARGET));
    Timing timing = SystemTiming.INSTANCE;
    Scope scope = Scope.PREFLIGHT;
    Remembered remembered = Remembered.inMemory();

    MovedKeyspace(MysqlServer source, String sourceSchema, MysqlServer target, String targetSchema) {
        shard(SOURCE, source.jdbcUrl(sourceSchema), source.user(), source.password());
        shard(TARGET, target.jdbcUrl(targetSchema), target.user(), target.password());
        table("t", "user_id");
    }

    static Group group(SlotRanges slots, ShardName source, ShardName target) {
        return new Group(new GroupId(new MigrationId("m-1"), 0), slots, source, target);
    }

    MovedKeyspace shard(ShardName name, String url, String user, String password) {
        endpoints.put(name, new ShardEndpoint(name, url, name.value(), 0));
        String prefix = "SHARDSHIFT_" + name.value().toUpperCase(Locale.ROOT);
        environment.put(prefix + "_USER", user);
        environment.put(prefix + "_PASSWORD", password);
        return this;
    }

    MovedKeyspace table(String name, String... shardKey) {
        tables.put(name, new TableSpec(name, List.of(shardKey)));
        return this;
    }

    /** Runs {@code checks} alone. */
    /** What is done with the shards open. */
    private interface Work<T> {
        T with(CheckContext context) throws ProblemException;
    }

    List<Finding> run(List<Check> checks) {
        try {
            return open(context -> Checks.run(checks, context));
        } catch (ProblemException e) {
            throw new AssertionError(e.problem().toString(), e);
        }
    }

    void rememberServers() throws ProblemException {
        open(context -> {
            Checks.rememberServers(context);
            return true;
        });
    }

    private <T> T open(Work<T> work) throws ProblemException {
        Keyspace keyspace = new Keyspace(
                new KeyspaceName("shop"),
                function,
                new TreeMap<>(tables),
                false,
                new TreeMap<>(),
                new SlotMap(16, new TreeMap<>(Map.of(SOURCE, SlotRanges.of(0, 15)))),
                autoIncrement,
                unique,
                form);
        MigrationPlan plan = new MigrationPlan(
                new MigrationName("m"),
                keyspace.name(),
                new TreeMap<>(),
                new TreeMap<>(Map.of(TARGET, SlotRanges.of(0, 7))),
                Gates.DEFAULT,
                GroupsSpec.DEFAULT,
                HandoffSpec.DEFAULT,
                MigrationPlan.Reads.STRICT,
                backfill,
                PacingSpec.DEFAULT,
                accepted);
        try (JdbcShardSessions sessions = new JdbcShardSessions(
                        shard -> java.util.Objects.requireNonNull(endpoints.get(shard)),
                        new Credentials(environment),
                        SystemTiming.INSTANCE,
                        "shardshift-test");
                CheckContext context = CheckContext.open(keyspace, plan, groups, sessions, timing, scope, remembered)) {
            return work.with(context);
        }
    }
}
