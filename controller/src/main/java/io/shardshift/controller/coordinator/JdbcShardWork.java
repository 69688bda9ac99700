package io.shardshift.controller.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.TableSpec;
import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.Fence;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.api.time.Deadline;
import io.shardshift.api.time.Timing;
import io.shardshift.controller.store.MigrationRecord;
import io.shardshift.shard.FenceCheck;
import io.shardshift.shard.FenceMismatch;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.JdbcShardSession;
import io.shardshift.shard.JdbcShardSessions;
import io.shardshift.shard.KeyRange;
import io.shardshift.shard.Mirror;
import io.shardshift.shard.Mirror.MirroredGroup;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.RangeChecksum;
import io.shardshift.shard.Row;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.SchemaReader;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSession.RowLock;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardTables;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.TableSchema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** {@link ShardWork} on real shards. Thread-safe for status; work is one step at a time. */
final class JdbcShardWork implements ShardWork {
    private static final Duration CALL = Duration.ofSeconds(20);
    /** First chunk; then adapted so that a chunk's share locks last about {@link #CHUNK_MILLIS}. */
    private static final int FIRST_ROWS = 500;

    private static final int MAX_ROWS = 5_000;
    private static final long CHUNK_MILLIS = 50;
    private static final int EMPTYING_ROWS = 1_000;
    /** Room for inserts at the source between the raise and the hand-off. */
    private static final long AUTO_INCREMENT_ROOM = 1_000;

    private final MigrationRecord migration;
    private final Keyspace keyspace;
    private final JdbcShardSessions sessions;
    private final Executor workers;
    private final Timing timing;
    private final AtomicLong copied = new AtomicLong();
    private final AtomicLong compared = new AtomicLong();
    private final AtomicLong differences = new AtomicLong();
    private final AtomicLong repaired = new AtomicLong();
    private volatile long copyBegunNanos;
    private volatile long copyNanos;
    private volatile @Nullable Long rowsTotal;
    private volatile boolean copyDone;
    private final ArrayNode found = JsonNodeFactory.instance.arrayNode();

    JdbcShardWork(
            MigrationRecord migration, Keyspace keyspace, JdbcShardSessions sessions, Executor workers, Timing timing) {
        this.migration = migration;
        this.keyspace = keyspace;
        this.sessions = sessions;
        this.workers = workers;
        this.timing = timing;
    }

    /** Groups with one source and one target: they are copied and compared together. */
    private record Pair(ShardName source, ShardName target, List<Group> groups) {
        SlotRanges slots() {
            BitSet slots = new BitSet();
            groups.forEach(group -> slots.or(group.slots().toBitSet()));
            return SlotRanges.of(slots);
        }

        List<MirroredGroup> mirrored() {
            return groups.stream()
                    .map(group -> new MirroredGroup(group.id(), group.slots(), source))
                    .toList();
        }
    }

    private List<Pair> pairs() {
        Map<List<ShardName>, List<Group>> byPair = new LinkedHashMap<>();
        for (Group group : migration.groups()) {
            byPair.computeIfAbsent(List.of(group.source(), group.target()), any -> new ArrayList<>())
                    .add(group);
        }
        return byPair.entrySet().stream()
                .map(entry -> new Pair(entry.getKey().get(0), entry.getKey().get(1), entry.getValue()))
                .toList();
    }

    private Set<ShardName> sources() {
        Set<ShardName> names = new TreeSet<>();
        migration.groups().forEach(group -> names.add(group.source()));
        return names;
    }

    private Set<ShardName> targets() {
        Set<ShardName> names = new TreeSet<>();
        migration.groups().forEach(group -> names.add(group.target()));
        return names;
    }

    /** The keyspace's tables as the source has them, by name. */
    Map<String, ShardedTable> tables(ShardName shard) throws ProblemException {
        return onShard(shard, connection -> {
            Map<String, ShardedTable> tables = new TreeMap<>();
            List<String> names = keyspace.allTables()
                    ? SchemaReader.tables(connection)
                    : List.copyOf(keyspace.tables().keySet());
            for (String name : names) {
                Optional<TableSchema> schema = SchemaReader.read(connection, name);
                if (schema.isPresent()) {
                    TableSpec spec = keyspace.tables().get(name);
                    List<String> shardKey = spec == null ? List.of() : spec.shardKey();
                    tables.put(name, new ShardedTable(schema.get(), shardKey, keyspace.shardFunction()));
                }
            }
            return tables;
        });
    }

    @FunctionalInterface
    private interface OnConnection<T> {
        T run(Connection connection) throws SQLException;
    }

    private <T> T onShard(ShardName shard, OnConnection<T> work) throws ProblemException {
        try (JdbcShardSession session = sessions.open(shard, Purpose.PLAIN, timing.deadlineIn(CALL))) {
            T result = work.run(session.connection());
            session.connection().commit();
            return result;
        } catch (SQLException | ShardException e) {
            throw unreachable(shard, e);
        }
    }

    private static ProblemException unreachable(ShardName shard, Exception e) {
        return new ProblemException(
                Problem.of(
                        ErrorCode.SHARD_UNREACHABLE,
                        "Shard {} did not answer: {}. It is tried again by itself.",
                        shard,
                        String.valueOf(e.getMessage())),
                e);
    }

    @Override
    public List<Finding> preflight() {
        List<Finding> findings = new ArrayList<>();
        for (ShardName source : sources()) {
            try {
                Map<String, ShardedTable> tables = tables(source);
                for (String name : keyspace.tables().keySet()) {
                    if (!tables.containsKey(name)) {
                        findings.add(fail(name, "Table {} is not on {}", name, source));
                    }
                }
                for (ShardedTable table : tables.values()) {
                    if (table.schema().primaryKey().isEmpty()) {
                        findings.add(fail(table.name(), "Table {} on {} has no primary key", table.name(), source));
                    }
                }
                for (ShardName target : targets()) {
                    findings.addAll(targetFindings(target, tables));
                }
            } catch (ProblemException e) {
                findings.add(Finding.fail("ShardAnswers", source.value(), e.problem()));
            }
        }
        return findings;
    }

    private List<Finding> targetFindings(ShardName target, Map<String, ShardedTable> tables) throws ProblemException {
        List<Finding> findings = new ArrayList<>();
        Map<String, ShardedTable> present = tables(target);
        for (ShardedTable table : tables.values()) {
            ShardedTable there = present.get(table.name());
            if (there != null
                    && !there.schema().definition().equals(table.schema().definition())) {
                findings.add(fail(
                        table.name(), "Table {} on {} is defined otherwise than on the source", table.name(), target));
            }
        }
        return findings;
    }

    private static Finding fail(String subject, String what, Object... values) {
        return Finding.fail("TableDefinition", subject, Problem.of(ErrorCode.CHECK_FAILED, what, values));
    }

    @Override
    public void prepareShards(Deadline deadline) throws ProblemException {
        Set<ShardName> all = new TreeSet<>(sources());
        all.addAll(targets());
        for (ShardName shard : all) {
            onShard(shard, connection -> execute(connection, ShardTables.statements()));
        }
        for (Pair pair : pairs()) {
            List<String> definitions = new ArrayList<>();
            for (ShardedTable table : tables(pair.source()).values()) {
                definitions.add(
                        table.schema().definition().replaceFirst("^CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
            }
            onShard(pair.target(), connection -> execute(connection, definitions));
        }
    }

    private static int execute(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
        return statements.size();
    }

    @Override
    public void emptyTarget(Group group, Fence vacant, Stop stop) throws ProblemException, InterruptedException {
        for (ShardedTable table : tables(group.target()).values()) {
            Optional<PrimaryKey> after = Optional.empty();
            boolean more = true;
            while (more && !stop.isAsked()) {
                try (JdbcShardSession session =
                        sessions.open(group.target(), Purpose.MIRROR, timing.deadlineIn(CALL))) {
                    session.begin(Isolation.READ_COMMITTED);
                    var view = FenceCheck.require(session, group.id(), Role.VACANT, group.source());
                    if (view.fence().step() != vacant.step() || view.fence().term() != vacant.term()) {
                        throw new ProblemException(Problem.of(
                                ErrorCode.FENCE_CHANGED_BY_ANOTHER,
                                "The fence of {} on {} changed while it was emptied.",
                                group.id(),
                                group.target()));
                    }
                    Optional<PrimaryKey> end = session.chunkEnd(table, after, EMPTYING_ROWS);
                    session.deleteRange(table, new KeyRange(after, end, true), group.slots());
                    session.commit();
                    more = end.isPresent();
                    after = end;
                } catch (ShardException | FenceMismatch e) {
                    throw unreachable(group.target(), e);
                }
            }
        }
    }

    @Override
    public void copy(Map<Integer, Long> attempts, Stop stop) throws ProblemException, InterruptedException {
        copyBegunNanos = timing.nanoTime();
        copied.set(0);
        estimate();
        for (Pair pair : pairs()) {
            for (ShardedTable table : tables(pair.source()).values()) {
                ChunkSource chunks = new ChunkSource(table, pair.source());
                inParallel(() -> copyChunks(pair, table, chunks, stop), stop);
            }
        }
        copyNanos = timing.nanoTime() - copyBegunNanos;
        copyDone = !stop.isAsked();
    }

    private void estimate() throws ProblemException {
        long total = 0;
        for (Pair pair : pairs()) {
            long here = onShard(pair.source(), connection -> {
                try (Statement statement = connection.createStatement();
                        ResultSet result = statement.executeQuery(
                                "SELECT TABLE_NAME, TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA ="
                                        + " DATABASE()")) {
                    long rows = 0;
                    while (result.next()) {
                        if (!result.getString(1).startsWith(ShardTables.PREFIX)) {
                            rows += result.getLong(2);
                        }
                    }
                    return rows;
                }
            });
            total += here * pair.slots().size() / Math.max(1, slotsOn(pair.source()));
        }
        rowsTotal = total;
    }

    private int slotsOn(ShardName shard) {
        SlotRanges slots = migration.from().shards().get(shard);
        return slots == null ? migration.from().slots() : slots.size();
    }

    @FunctionalInterface
    private interface Work {
        void run() throws ProblemException, InterruptedException;
    }

    private void inParallel(Work work, Stop stop) throws ProblemException, InterruptedException {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < migration.plan().pacing().copiers(); i++) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            workers.execute(() -> {
                try {
                    work.run();
                    done.complete(null);
                } catch (ProblemException | RuntimeException e) {
                    done.completeExceptionally(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    done.completeExceptionally(e);
                }
            });
            running.add(done);
        }
        ProblemException failure = null;
        for (CompletableFuture<Void> one : running) {
            try {
                one.get();
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof ProblemException problem
                        ? problem
                        : new ProblemException(
                                Problem.of(ErrorCode.INTERNAL, "copying failed: {}", String.valueOf(e.getCause())),
                                e.getCause());
            }
        }
        if (failure != null && !stop.isAsked()) {
            throw failure;
        }
    }

    /** Hands out chunks of one table in the order of the primary key [8]. */
    private final class ChunkSource {
        private final ShardedTable table;
        private final ShardName source;
        private Optional<PrimaryKey> after = Optional.empty();
        private Optional<PrimaryKey> last = Optional.empty();
        private boolean begun;
        private boolean over;
        private int rows = FIRST_ROWS;

        ChunkSource(ShardedTable table, ShardName source) {
            this.table = table;
            this.source = source;
        }

        synchronized Optional<KeyRange> next() throws ShardException {
            if (over) {
                return Optional.empty();
            }
            try (JdbcShardSession session = sessions.open(source, Purpose.PLAIN, timing.deadlineIn(CALL))) {
                if (!begun) {
                    begun = true;
                    last = session.lastKey(table);
                    if (last.isEmpty()) {
                        over = true;
                        return Optional.empty();
                    }
                }
                PrimaryKey end = last.orElseThrow();
                if (after.equals(last)) { // pk = last alone
                    over = true;
                    return Optional.empty();
                }
                Optional<PrimaryKey> bound = session.chunkEnd(table, after, rows);
                KeyRange range = new KeyRange(after, bound, true);
                if (bound.isEmpty() || bound.get().equals(end)) {
                    over = true;
                    // The last chunk leaves the last key out, else the supremum is locked and appends wait [8].
                    return Optional.of(new KeyRange(after, Optional.of(end), false));
                }
                after = bound;
                return Optional.of(range);
            }
        }

        synchronized Optional<PrimaryKey> lastKey() {
            return last;
        }

        synchronized void took(int chunkRows, long millis) {
            if (chunkRows > 0 && millis > 0) {
                long fitting = chunkRows * CHUNK_MILLIS / millis;
                rows = (int) Math.max(50, Math.min(MAX_ROWS, Math.min(fitting, rows * 2L)));
            }
        }
    }

    private void copyChunks(Pair pair, ShardedTable table, ChunkSource chunks, Stop stop)
            throws ProblemException, InterruptedException {
        try {
            Optional<KeyRange> range = chunks.next();
            while (range.isPresent() && !stop.isAsked()) {
                copyChunk(pair, table, range.get(), chunks, stop);
                if (!range.get().endIncluded()) {
                    copyLast(pair, table, range.get().end().orElseThrow(), stop);
                }
                range = chunks.next();
            }
        } catch (ShardException e) {
            throw unreachable(pair.source(), e);
        }
    }

    private void copyChunk(Pair pair, ShardedTable table, KeyRange range, ChunkSource chunks, Stop stop)
            throws ProblemException, InterruptedException {
        mirror(pair, stop, (owner, mirror) -> {
            long begun = timing.nanoTime();
            Mirror.Written written = Mirror.range(owner, mirror, pair.mirrored(), table, range);
            copied.addAndGet(written.inserted());
            chunks.took(written.inserted(), (timing.nanoTime() - begun) / 1_000_000);
        });
    }

    private void copyLast(Pair pair, ShardedTable table, PrimaryKey key, Stop stop)
            throws ProblemException, InterruptedException {
        for (MirroredGroup group : pair.mirrored()) {
            mirror(pair, stop, (owner, mirror) -> {
                Mirror.Written written = Mirror.keys(owner, mirror, group, table, Set.of(key));
                copied.addAndGet(written.inserted());
            });
        }
    }

    @FunctionalInterface
    private interface OnPair {
        void run(JdbcShardSession owner, JdbcShardSession mirror) throws ShardException, FenceMismatch, RowsCollide;
    }

    /** Tries until it is done: gives way to applications' locks, and outlasts a lost connection for a while. */
    private void mirror(Pair pair, Stop stop, OnPair work) throws ProblemException, InterruptedException {
        Deadline deadline = timing.deadlineIn(Duration.ofSeconds(60));
        while (!stop.isAsked()) {
            try (JdbcShardSession owner = sessions.open(pair.source(), Purpose.OWNER, timing.deadlineIn(CALL));
                    JdbcShardSession mirror = sessions.open(pair.target(), Purpose.MIRROR, timing.deadlineIn(CALL))) {
                work.run(owner, mirror);
                return;
            } catch (ShardException e) {
                boolean passing = e.kind() != ShardException.Kind.REFUSED;
                if (!passing || deadline.hasPassed()) {
                    throw unreachable(e.shard(), e);
                }
                deadline.pause(Duration.ofMillis(10)); // the application's transaction goes first
            } catch (FenceMismatch e) {
                throw new ProblemException(
                        Problem.of(ErrorCode.FENCE_CHANGED_BY_ANOTHER, "{}", String.valueOf(e.getMessage())), e);
            } catch (RowsCollide e) {
                throw new ProblemException(
                        Problem.of(ErrorCode.TWO_OWNERS_COLLIDE, "{}", String.valueOf(e.getMessage()))
                                .remedy("remove one of the two rows, or make the key unique across shards"),
                        e);
            }
        }
    }

    @Override
    public void verify(Stop stop) throws ProblemException, InterruptedException {
        compared.set(0);
        for (Pair pair : pairs()) {
            for (ShardedTable table : tables(pair.source()).values()) {
                verifyTable(pair, table, stop);
            }
        }
    }

    private void verifyTable(Pair pair, ShardedTable table, Stop stop) throws ProblemException, InterruptedException {
        Optional<PrimaryKey> after = Optional.empty();
        boolean more = true;
        while (more && !stop.isAsked()) {
            try (JdbcShardSession source = sessions.open(pair.source(), Purpose.PLAIN, timing.deadlineIn(CALL));
                    JdbcShardSession target = sessions.open(pair.target(), Purpose.PLAIN, timing.deadlineIn(CALL))) {
                source.begin(Isolation.READ_COMMITTED);
                target.begin(Isolation.READ_COMMITTED);
                Optional<PrimaryKey> end = source.chunkEnd(table, after, MAX_ROWS);
                KeyRange range = new KeyRange(after, end, true);
                RangeChecksum ours = source.checksum(table, range, pair.slots());
                RangeChecksum theirs = target.checksum(table, range, pair.slots());
                compared.addAndGet(ours.rows());
                if (!ours.equals(theirs)) {
                    settle(pair, table, range, source, target, stop);
                }
                after = end;
                more = end.isPresent();
            } catch (ShardException e) {
                throw unreachable(e.shard(), e);
            }
        }
    }

    /** Rows that differ are compared again under the owner's lock, by the primitive: what it must write did differ. */
    private void settle(
            Pair pair, ShardedTable table, KeyRange range, JdbcShardSession source, JdbcShardSession target, Stop stop)
            throws ShardException, ProblemException, InterruptedException {
        Map<PrimaryKey, Row> ours = byKey(table, source.readRange(table, range, pair.slots(), RowLock.NONE));
        Map<PrimaryKey, Row> theirs = byKey(table, target.readRange(table, range, pair.slots(), RowLock.NONE));
        Set<PrimaryKey> suspects = new LinkedHashSet<>();
        ours.forEach((key, row) -> {
            if (!row.equals(theirs.get(key))) {
                suspects.add(key);
            }
        });
        theirs.keySet().stream().filter(key -> !ours.containsKey(key)).forEach(suspects::add);
        for (PrimaryKey key : suspects) {
            for (MirroredGroup group : pair.mirrored()) {
                mirror(pair, stop, (owner, mirror) -> {
                    Mirror.Written written = Mirror.keys(owner, mirror, group, table, Set.of(key));
                    if (written.rows() > 0) {
                        report(table, key, ours.get(key), theirs.get(key));
                    }
                });
            }
        }
    }

    private static Map<PrimaryKey, Row> byKey(ShardedTable table, List<Row> rows) {
        Map<PrimaryKey, Row> byKey = new LinkedHashMap<>();
        rows.forEach(row -> byKey.put(table.key(row), row));
        return byKey;
    }

    private void report(ShardedTable table, PrimaryKey key, @Nullable Row source, @Nullable Row target) {
        differences.incrementAndGet();
        repaired.incrementAndGet();
        synchronized (found) {
            if (found.size() < 1_000) {
                ObjectNode one = found.addObject();
                one.put("table", table.name()).put("key", key.toString()).put("became", "REPAIRED");
                ArrayNode columns = one.putArray("columns");
                for (int i = 0; i < table.schema().columns().size(); i++) {
                    byte @Nullable [] ours = source == null ? null : source.value(i);
                    byte @Nullable [] theirs = target == null ? null : target.value(i);
                    if (!java.util.Arrays.equals(ours, theirs)) {
                        columns.addObject()
                                .put("column", table.schema().columns().get(i).name())
                                .put("source", shown(ours))
                                .put("target", shown(theirs));
                    }
                }
            }
        }
    }

    private static @Nullable String shown(byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        String text = new String(value, java.nio.charset.StandardCharsets.UTF_8);
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }

    @Override
    public void raiseAutoIncrement() throws ProblemException {
        for (Pair pair : pairs()) {
            for (ShardedTable table : tables(pair.source()).values()) {
                if (table.schema().autoIncrement().isEmpty()) {
                    continue;
                }
                long next = onShard(pair.source(), connection -> nextAutoIncrement(connection, table.name()));
                long there = onShard(pair.target(), connection -> nextAutoIncrement(connection, table.name()));
                if (there < next + AUTO_INCREMENT_ROOM) {
                    onShard(
                            pair.target(),
                            connection -> execute(
                                    connection,
                                    List.of("ALTER TABLE " + Identifiers.quote(table.name()) + " AUTO_INCREMENT = "
                                            + (next + AUTO_INCREMENT_ROOM))));
                }
            }
        }
    }

    private static long nextAutoIncrement(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION information_schema_stats_expiry = 0");
            try (java.sql.PreparedStatement select = connection.prepareStatement(
                    "SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()"
                            + " AND TABLE_NAME = ?")) {
                select.setString(1, table);
                ResultSet result = select.executeQuery();
                return result.next() ? result.getLong(1) : 0;
            }
        }
    }

    @Override
    public JsonNode copyStatus() {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        boolean begun = copyBegunNanos != 0;
        long nanos = copyDone ? copyNanos : timing.nanoTime() - copyBegunNanos;
        long rows = copied.get();
        Long total = rowsTotal;
        long perSecond = begun && nanos > 0 ? rows * 1_000_000_000L / nanos : 0;
        status.put("rows", begun ? Long.valueOf(rows) : null);
        status.put("rowsTotal", total);
        status.put("rowsPerSecond", begun && nanos > 0 ? Long.valueOf(perSecond) : null);
        status.put(
                "etaSeconds",
                copyDone
                        ? Long.valueOf(0)
                        : total != null && perSecond > 0 ? Long.valueOf(Math.max(0, total - rows) / perSecond) : null);
        return status;
    }

    @Override
    public JsonNode verificationStatus() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("rowsCompared", compared.get())
                .put("differences", differences.get())
                .put("repaired", repaired.get());
    }

    @Override
    public JsonNode differences() {
        synchronized (found) {
            return found.deepCopy();
        }
    }
}
