package io.shardshift.controller.check;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.check.Check.Scope;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.TableSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What checks look at, made for one run: plan, groups, and a session with each shard that answers. One thread; close it.
 */
public final class CheckContext implements AutoCloseable {
    /** A count over a whole table goes on no longer than this; what it has not finished is unknown. */
    static final Duration COUNT = Duration.ofSeconds(2);

    /** Time for a connection and for one query; a shard that hangs costs a run little more than this. */
    private static final Duration QUERY = Duration.ofSeconds(5);

    /** The same while a migration runs: RUNNING comes again within seconds, and a hand-off waits for HANDOFF. */
    private static final Duration QUERY_UNDER_WAY = Duration.ofSeconds(2);

    private static final Duration RUN = Duration.ofSeconds(60);
    private static final Duration RUN_UNDER_WAY = Duration.ofSeconds(8);

    private final Keyspace keyspace;
    private final MigrationPlan plan;
    private final List<Group> groups;
    private final Scope scope;
    private final Timing timing;
    private final Remembered remembered;
    private final Deadline deadline;
    private final List<JdbcShardSession> sessions = new ArrayList<>();
    private final Map<ShardName, ShardView> shards = new TreeMap<>();
    private final Map<ShardName, String> unreachable = new TreeMap<>();
    private List<String> tables = List.of();

    private CheckContext(
            Keyspace keyspace,
            MigrationPlan plan,
            List<Group> groups,
            Scope scope,
            Timing timing,
            Remembered remembered) {
        this.keyspace = keyspace;
        this.plan = plan;
        this.groups = List.copyOf(groups);
        this.scope = scope;
        this.timing = timing;
        this.remembered = remembered;
        this.deadline = timing.deadlineIn(scope == Scope.PREFLIGHT ? RUN : RUN_UNDER_WAY);
    }

    /** As below, with nothing remembered: for a dry run. */
    public static CheckContext open(
            Keyspace keyspace,
            MigrationPlan plan,
            List<Group> groups,
            JdbcShardSessions sessions,
            Timing timing,
            Scope scope) {
        return open(keyspace, plan, groups, sessions, timing, scope, Remembered.inMemory());
    }

    /**
     * Opens a session with each source and target. A shard that does not answer is a finding later, not an exception.
     *
     * @param remembered the migration's, the same at each run: what PREFLIGHT saw is what RUNNING and HANDOFF compare with
     */
    public static CheckContext open(
            Keyspace keyspace,
            MigrationPlan plan,
            List<Group> groups,
            JdbcShardSessions sessions,
            Timing timing,
            Scope scope,
            Remembered remembered) {
        CheckContext context = new CheckContext(keyspace, plan, groups, scope, timing, remembered);
        Set<ShardName> sources = new TreeSet<>();
        Set<ShardName> targets = new TreeSet<>();
        groups.forEach(group -> {
            sources.add(group.source());
            targets.add(group.target());
        });
        Map<ShardName, JdbcShardSession> opened = new TreeMap<>();
        Set<ShardName> all = new TreeSet<>(sources);
        all.addAll(targets);
        for (ShardName shard : all) {
            context.tryOpen(sessions, shard, opened);
        }
        context.readTables(sources, opened);
        opened.forEach((shard, session) -> context.shards.put(
                shard,
                new ShardView(
                        shard,
                        session.connection(),
                        sources.contains(shard),
                        targets.contains(shard),
                        context.tables,
                        context.deadline,
                        context.queryTime())));
        return context;
    }

    private Duration queryTime() {
        return scope == Scope.PREFLIGHT ? QUERY : QUERY_UNDER_WAY;
    }

    private void tryOpen(JdbcShardSessions all, ShardName shard, Map<ShardName, JdbcShardSession> opened) {
        try {
            JdbcShardSession session = all.open(shard, Purpose.PLAIN, timing.deadlineIn(queryTime()));
            sessions.add(session);
            session.begin(Isolation.READ_COMMITTED);
            opened.put(shard, session);
        } catch (ShardException | IllegalStateException e) { // the latter: no credentials of that name
            unreachable.put(shard, String.valueOf(e.getMessage()));
        }
    }

    private void readTables(Set<ShardName> sources, Map<ShardName, JdbcShardSession> opened) {
        if (!keyspace.allTables()) {
            tables = List.copyOf(keyspace.tables().keySet());
            return;
        }
        Set<String> names = new TreeSet<>();
        for (ShardName source : sources) {
            JdbcShardSession session = opened.get(source);
            if (session != null) {
                try {
                    names.addAll(SchemaReader.tables(session.connection()));
                    session.connection().commit();
                } catch (SQLException e) {
                    opened.remove(source);
                    unreachable.put(source, String.valueOf(e.getMessage()));
                }
            }
        }
        tables = List.copyOf(names);
    }

    Keyspace keyspace() {
        return keyspace;
    }

    List<Group> groups() {
        return groups;
    }

    Scope scope() {
        return scope;
    }

    Timing timing() {
        return timing;
    }

    /** Whether the stream names the rows that the backfill copies. */
    boolean namesRows() {
        return plan.backfill() == MigrationPlan.Backfill.STREAM;
    }

    /** What earlier runs of this migration saw. */
    Remembered remembered() {
        return remembered;
    }

    /** The migration's name, for remedies. */
    String migration() {
        return plan.name().value();
    }

    /** Warnings that the plan accepts, as it has them. */
    List<String> accepted() {
        return plan.accepted();
    }

    /** Names of the keyspace's tables, sorted. */
    List<String> tables() {
        return tables;
    }

    /** Columns of the table's shard key, none in an unsharded keyspace. */
    List<String> shardKey(String table) {
        TableSpec spec = keyspace.tables().get(table);
        return spec == null ? List.of() : spec.shardKey();
    }

    boolean isSharded() {
        return !keyspace.allTables();
    }

    /** The table with its slots; empty where its shard key is one that ShardKeyExists or ShardKeyTypeIsSupported refuses. */
    Optional<ShardedTable> sharded(TableSchema schema) {
        try {
            ShardedTable table = new ShardedTable(schema, shardKey(schema.name()), keyspace.shardFunction());
            return table.slotSql().isEmpty() ? Optional.empty() : Optional.of(table);
        } catch (IllegalArgumentException e) { // those checks say what is wrong with it, of every source
            return Optional.empty();
        }
    }

    /** Whether the column is one of its table's shard key. */
    boolean isShardKey(String table, String column) {
        return shardKey(table).stream().anyMatch(column::equalsIgnoreCase);
    }

    /** One group holds all slots: at no time do two shards hold rows of the keyspace that count. */
    boolean allSlotsMoveTogether() {
        int slots = keyspace.slotMap().slots();
        return groups.size() == 1 && groups.get(0).slots().size() == slots;
    }

    /** The shards that answer, in order of name. */
    List<ShardView> shards() {
        return List.copyOf(shards.values());
    }

    List<ShardView> sources() {
        return shards.values().stream().filter(ShardView::isSource).toList();
    }

    List<ShardView> targets() {
        return shards.values().stream().filter(ShardView::isTarget).toList();
    }

    /** Why each shard that does not answer does not. */
    Map<ShardName, String> unreachable() {
        return unreachable;
    }

    /** Whether the plan says of this warning that it is accepted. */
    boolean accepts(ErrorCode code) {
        return plan.accepted().contains(code.name());
    }

    @Override
    public void close() {
        sessions.forEach(JdbcShardSession::close);
    }
}
