package io.shardshift.agent.transaction;

import io.shardshift.agent.transaction.TransactionFailed.Kind;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Route;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.shard.FenceCheck;
import io.shardshift.shard.FenceMismatch;
import io.shardshift.shard.FenceView;
import io.shardshift.shard.Mirror;
import io.shardshift.shard.Mirror.MirroredGroup;
import io.shardshift.shard.PrimaryKey;
import io.shardshift.shard.Row;
import io.shardshift.shard.RowsCollide;
import io.shardshift.shard.ShardException;
import io.shardshift.shard.ShardSession;
import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSession.RowLock;
import io.shardshift.shard.ShardSessions;
import io.shardshift.shard.ShardSessions.Purpose;
import io.shardshift.shard.ShardedTable;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * A writing transaction on one owner shard, from its first fence to its last commit: the protocol's "A writing transaction
 * in phases 1 to 3".
 *
 * <pre>
 * enter(route)*   fence of the owner FOR SHARE, before anything of that group is changed or locked
 * touched(...)*   keys of rows that were found present and locked, or inserted
 * commit          owner: touched rows FOR UPDATE NOWAIT; mirrors: fence, rows equal; commit owner; commit mirrors [10]
 * rollback        both sides
 * </pre>
 *
 * <p>After a deadlock, a lost connection or a time-out that rolled everything back the fence's lock is gone, in silence: the
 * transaction is dead and takes nothing but {@link #rollback} [4]. Not thread-safe.
 */
public final class WritingTransaction {
    /** Rows in one transaction that are mirrored at commit; more would keep the mirror's locks for seconds. */
    public static final int MAX_TOUCHED = 10_000;

    private static final int MIRROR_TRIES = 3; // once, and at most twice again [9]

    private record Touched(Group group, ShardedTable table) {}

    private record Savepoint(String name, Map<Touched, Set<PrimaryKey>> touched, Map<Touched, Set<PrimaryKey>> named) {}

    private final ShardSession owner;
    private final ShardSessions mirrors;
    private final Supplier<Deadline> deadlines;
    private final PausePoint.Hook pauses;
    private final LongConsumer lateMirrorCommits;
    private final Map<GroupId, Route> held = new LinkedHashMap<>();
    private final Map<Touched, Set<PrimaryKey>> touched = new LinkedHashMap<>();
    /** Keys that were named by a statement which may have passed them over: mirrored only if a row is there at commit. */
    private final Map<Touched, Set<PrimaryKey>> named = new LinkedHashMap<>();

    private final Deque<Savepoint> savepoints = new ArrayDeque<>();
    private boolean executed;
    private boolean dead;

    /**
     * @param owner the application's own session on the owner's shard, in a transaction
     * @param mirrors opens mirror sessions
     * @param deadlines by when a commit ends, one way or the other; asked when it begins, for the application may think
     *     between its statements as long as it likes
     * @param lateMirrorCommits told the number of rows of a success whose mirror commit was lost [28]
     */
    public WritingTransaction(
            ShardSession owner,
            ShardSessions mirrors,
            Supplier<Deadline> deadlines,
            PausePoint.Hook pauses,
            LongConsumer lateMirrorCommits) {
        this.owner = owner;
        this.mirrors = mirrors;
        this.deadlines = deadlines;
        this.pauses = pauses;
        this.lateMirrorCommits = lateMirrorCommits;
    }

    public ShardName shard() {
        return owner.shard();
    }

    public ShardSession owner() {
        return owner;
    }

    public boolean isDead() {
        return dead;
    }

    /** Takes the fence of the route's group unless it is held. {@link Kind#NOT_NOW} only before anything was executed. */
    public void enter(Route route) throws TransactionFailed {
        requireAlive();
        if (held.containsKey(route.group().id())) {
            return;
        }
        if (!route.owner().equals(owner.shard())) {
            throw new TransactionFailed(
                    Kind.REFUSED,
                    "the transaction began on shard " + owner.shard() + " and this statement's slots are owned by "
                            + route.owner(), // [31]
                    null);
        }
        try {
            FenceView view = FenceCheck.require(owner, route.group().id(), route.ownerRole(), route.mirror());
            if (view.isHeld() && !executed) {
                throw new TransactionFailed(
                        Kind.NOT_NOW, "writers of " + route.group().id() + " are held", null);
            }
            held.put(route.group().id(), route); // one that has executed anything ignores a hold while the fence fits
        } catch (FenceMismatch e) {
            throw notEntered(e);
        } catch (ShardException e) {
            if (e.kind() == ShardException.Kind.LOCK_REFUSED || e.kind() == ShardException.Kind.TRANSACTION_LOST) {
                throw notEntered(e); // a change of the fence is under way
            }
            throw failed(e);
        }
    }

    /** One that has executed anything never waits for a fence: it is rolled back at once [13][14]. */
    private TransactionFailed notEntered(Exception why) {
        if (executed) {
            giveUp();
        }
        return new TransactionFailed(executed ? Kind.RETRY : Kind.NOT_NOW, why.getMessage(), why);
    }

    /** To be called before each statement of the application is sent. */
    public void executing() throws TransactionFailed {
        requireAlive();
        executed = true;
    }

    /** Collects a row that this transaction found present and locked, or inserted [5]. */
    public void touched(Route route, ShardedTable table, PrimaryKey key) throws TransactionFailed {
        if (!held.containsKey(route.group().id())) { // [18] the statement met a row of another slot than it named
            giveUp();
            throw new TransactionFailed(
                    Kind.REFUSED,
                    "it met row " + key + " of " + table + ", whose slot is in another group than the statement names",
                    null);
        }
        if (!route.mirrored()) {
            return;
        }
        Set<PrimaryKey> keys = touched.computeIfAbsent(new Touched(route.group(), table), any -> new LinkedHashSet<>());
        keys.add(key);
        if (keys.size() > MAX_TOUCHED) {
            giveUp();
            throw new TransactionFailed(
                    Kind.REFUSED, "a transaction changes at most " + MAX_TOUCHED + " rows while its slots move", null);
        }
    }

    /**
     * Collects the key of a row that a statement named and may have passed over for a row that another unique key met. An absent key is
     * not locked, so it is mirrored only if its row is there, and then locked, when the transaction commits [5].
     */
    public void namedPerhaps(Route route, ShardedTable table, PrimaryKey key) {
        if (route.mirrored()) {
            named.computeIfAbsent(new Touched(route.group(), table), any -> new LinkedHashSet<>())
                    .add(key);
        }
    }

    /**
     * Rolls back, for what was executed cannot be mirrored or is not known to be fenced. The transaction then takes nothing
     * but {@link #rollback}: an application that ignores the error commits nothing [4].
     */
    public void giveUp() {
        rollback();
        dead = true;
    }

    /** What an error of the application's statement means for the transaction. */
    public TransactionFailed failed(ShardException e) {
        if (!e.kind().transactionLives()) {
            dead = true; // [4] the fence's lock is gone with the transaction
        }
        return switch (e.kind()) {
            case OUTCOME_UNKNOWN -> new TransactionFailed(Kind.OUTCOME_UNKNOWN, e.getMessage(), e);
            case LOCK_REFUSED, TRANSACTION_LOST, DUPLICATE_KEY, CONNECTION_LOST, READ_ONLY, REFUSED ->
                new TransactionFailed(Kind.STATEMENT, e.getMessage(), e);
        };
    }

    public void savepointSet(String name) {
        savepoints.removeIf(savepoint -> savepoint.name().equalsIgnoreCase(name));
        savepoints.push(new Savepoint(name, copy(touched), copy(named)));
    }

    /** After ROLLBACK TO SAVEPOINT: keys first collected since are dropped, and every fence is read again [4]. */
    public void rolledBackTo(String name) throws TransactionFailed {
        while (!savepoints.isEmpty() && !savepoints.peek().name().equalsIgnoreCase(name)) {
            savepoints.pop();
        }
        Savepoint savepoint = savepoints.peek();
        touched.clear();
        named.clear();
        if (savepoint != null) {
            touched.putAll(copy(savepoint.touched()));
            named.putAll(copy(savepoint.named()));
        }
        List<Route> routes = List.copyOf(held.values());
        held.clear();
        executed = true; // whatever it was, this transaction does not wait any more
        for (Route route : routes) {
            enter(route);
        }
    }

    private static Map<Touched, Set<PrimaryKey>> copy(Map<Touched, Set<PrimaryKey>> keys) {
        Map<Touched, Set<PrimaryKey>> copy = new LinkedHashMap<>();
        keys.forEach((where, some) -> copy.put(where, new LinkedHashSet<>(some)));
        return copy;
    }

    /** Rolls back; a dead transaction is alive for the next one afterwards. */
    public void rollback() {
        try {
            owner.rollback();
        } catch (ShardException e) {
            dead = true; // the session is not used again
        }
    }

    /** Steps 3 to 5. On every exception but {@link Kind#OUTCOME_UNKNOWN} both sides were rolled back. */
    public void commit() throws TransactionFailed {
        requireAlive();
        Deadline deadline = deadlines.get();
        List<ShardSession> open = new ArrayList<>();
        boolean ownerCommitted = false;
        try {
            Map<Touched, List<Row>> rows = readAtOwner();
            pauses.reached(PausePoint.AFTER_OWNER_READ);
            for (Map.Entry<ShardName, List<Mirror.Part>> entry : parts(rows).entrySet()) {
                open.add(equalise(entry.getKey(), entry.getValue(), deadline));
            }
            pauses.reached(PausePoint.BEFORE_OWNER_COMMIT);
            commitOwner(); // [6] before any mirror: nothing newer than the owner may stay there
            ownerCommitted = true;
            pauses.reached(PausePoint.BETWEEN_COMMITS);
            commitMirrors(open, deadline);
        } finally {
            if (!ownerCommitted) {
                giveUp();
            }
            open.forEach(ShardSession::close); // rolls back what is not committed
        }
    }

    /** A plain read may be a stale snapshot [7]; NOWAIT because the rows are already ours. */
    private Map<Touched, List<Row>> readAtOwner() throws TransactionFailed {
        Map<Touched, List<Row>> rows = new LinkedHashMap<>();
        try {
            for (Map.Entry<Touched, Set<PrimaryKey>> entry : named.entrySet()) {
                ShardedTable table = entry.getKey().table();
                for (Row row : owner.readRows(table, entry.getValue(), RowLock.UPDATE_NOWAIT)) {
                    touched.computeIfAbsent(entry.getKey(), any -> new LinkedHashSet<>())
                            .add(table.key(row));
                }
            }
            for (Map.Entry<Touched, Set<PrimaryKey>> entry : touched.entrySet()) {
                Touched where = entry.getKey();
                if (entry.getValue().isEmpty()) {
                    continue;
                }
                List<Row> found = owner.readRows(where.table(), entry.getValue(), RowLock.UPDATE_NOWAIT);
                for (Row row : found) {
                    if (!where.group().slots().contains(where.table().slot(row))) { // [18] by the stored shard key
                        throw new TransactionFailed(
                                Kind.REFUSED,
                                "row " + where.table().key(row) + " of " + where.table() + " has slot "
                                        + where.table().slot(row) + ", which is not in the group that was locked",
                                null);
                    }
                }
                rows.put(where, found);
            }
            return rows;
        } catch (ShardException e) {
            throw new TransactionFailed(Kind.RETRY, "the changed rows could not be read again", e);
        }
    }

    /** By mirror shard, in the order of the names. */
    private SortedMap<ShardName, List<Mirror.Part>> parts(Map<Touched, List<Row>> rows) {
        SortedMap<ShardName, List<Mirror.Part>> parts = new TreeMap<>();
        rows.forEach((where, found) -> {
            Route route = held.get(where.group().id());
            if (route == null) {
                throw new IllegalStateException("touched " + where.group().id() + " without its fence");
            }
            MirroredGroup group =
                    new MirroredGroup(where.group().id(), where.group().slots(), owner.shard());
            parts.computeIfAbsent(route.mirror(), any -> new ArrayList<>())
                    .add(new Mirror.Part(group, where.table(), keysOf(where), found));
        });
        return parts;
    }

    private Set<PrimaryKey> keysOf(Touched where) {
        return touched.getOrDefault(where, Set.of());
    }

    /** B's part, from its BEGIN; again at most twice while A's locks are held. There is no degraded commit [9]. */
    private ShardSession equalise(ShardName shard, List<Mirror.Part> parts, Deadline deadline)
            throws TransactionFailed {
        Exception last = null;
        for (int attempt = 0; attempt < MIRROR_TRIES && !deadline.hasPassed(); attempt++) {
            ShardSession mirror = null;
            boolean ready = false;
            try {
                mirror = mirrors.open(shard, Purpose.MIRROR, deadline.atMost(Duration.ofSeconds(5)));
                mirror.begin(Isolation.READ_COMMITTED);
                Mirror.equalise(mirror, parts, this::lockMore);
                ready = true;
                return mirror;
            } catch (RowsCollide e) {
                throw new TransactionFailed(Kind.STATEMENT, e.getMessage(), e);
            } catch (FenceMismatch | ShardException e) {
                last = e;
                if (e instanceof ShardException failure && failure.shard().equals(owner.shard())) {
                    break; // the owner's locks are gone, or not to be had: nothing that is done again at B mends it
                }
            } finally {
                if (mirror != null && !ready) {
                    mirror.close();
                }
            }
        }
        throw new TransactionFailed(Kind.RETRY, "the new shard " + shard + " did not take the change", last);
    }

    private List<Row> lockMore(ShardedTable table, Collection<PrimaryKey> keys) throws ShardException {
        return owner.readRows(table, keys, RowLock.UPDATE);
    }

    private void commitOwner() throws TransactionFailed {
        try {
            owner.commit();
        } catch (ShardException e) {
            dead = true;
            throw new TransactionFailed(
                    e.kind() == ShardException.Kind.OUTCOME_UNKNOWN ? Kind.OUTCOME_UNKNOWN : Kind.RETRY,
                    e.getMessage(),
                    e);
        }
    }

    /** [10] Success is reported only afterwards; one that is lost is made good in new sessions until the deadline [28]. */
    private void commitMirrors(List<ShardSession> open, Deadline deadline) {
        Map<ShardName, Long> lost = new HashMap<>();
        for (ShardSession mirror : open) {
            long connection = mirror.connectionId();
            try {
                mirror.commit();
            } catch (ShardException e) {
                lost.put(mirror.shard(), connection);
                mirror.abort();
            }
        }
        for (Map.Entry<Touched, Set<PrimaryKey>> entry : touched.entrySet()) {
            Route route = held.get(entry.getKey().group().id());
            Long connection = route == null ? null : lost.get(route.mirror());
            if (route != null && connection != null) {
                lateMirrorCommits.accept(entry.getValue().size());
                new LostMirrorCommit(mirrors, owner.shard(), route, connection)
                        .mirrorAgain(entry.getKey().table(), entry.getValue(), deadline);
            }
        }
    }

    private void requireAlive() throws TransactionFailed {
        if (dead) {
            throw new TransactionFailed(
                    Kind.RETRY, "the transaction was rolled back by the server; it takes only ROLLBACK", null);
        }
    }
}
