package io.shardshift.shard;

import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.Role;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.shard.ShardException.Kind;
import io.shardshift.shard.ShardSession.Isolation;
import io.shardshift.shard.ShardSession.RowLock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The one primitive: lock rows at the owner, read them there, make the mirror's rows equal to what was read, commit the
 * mirror, let the owner's locks go. Dual write, bulk copy, applier and repair are all this, on a set of keys or a range.
 *
 * <p>It copies <em>state</em>, never replays an operation: it is idempotent and can be repeated. Lock coupling [36]: the
 * owner's rows stay locked from before they are read until the mirror has committed, so a mirror's row changes in the order
 * of the owner's commits. It touches only rows of the given group [15]: deletes filter by the stored slot, inserts are
 * plain: an upsert follows any unique key to another owner's row [8].
 *
 * <p>On every exception both transactions have been rolled back and nothing has changed, but for
 * {@link Kind#OUTCOME_UNKNOWN} of the mirror's commit: run it again. Stateless, thread-safe; the sessions are not.
 * Source: docs/protocol.md, "One primitive: mirror".
 */
public final class Mirror {
    /** Rounds of "a row of ours is in the way": each adds at least one key, so this bounds a chain of moved unique values. */
    private static final int MAX_ROUNDS = 50;

    /** Each is a round trip; more rows are deleted and inserted by one statement each. */
    private static final int MOST_UPDATES = 2;

    private Mirror() {}

    /**
     * A group as it is mirrored from {@code owner}.
     *
     * @param slots the group's slots: rows of others are never touched
     */
    public record MirroredGroup(GroupId group, SlotRanges slots, ShardName owner) {}

    /** Keys of one table whose rows the caller holds locked at the owner, and those of them that are present there. */
    public record Part(MirroredGroup group, ShardedTable table, Set<PrimaryKey> keys, List<Row> ownerRows) {
        public Part {
            keys = new LinkedHashSet<>(keys);
            ownerRows = List.copyOf(ownerRows);
        }
    }

    /** Locks further keys at the owner and answers those rows that are present; used when a row is in the way. */
    @FunctionalInterface
    public interface OwnerLock {
        List<Row> lock(ShardedTable table, Collection<PrimaryKey> keys) throws ShardException;
    }

    /** How many rows the mirror's transaction deleted and inserted; both 0 when all was equal before. */
    public record Written(int deleted, int inserted) {
        public static final Written NOTHING = new Written(0, 0);

        Written plus(int moreDeleted, int moreInserted) {
            return new Written(deleted + moreDeleted, inserted + moreInserted);
        }

        /** Rows that differed, at least: an update is a deletion and an insertion of the same key. */
        public int rows() {
            return Math.max(deleted, inserted);
        }
    }

    /**
     * Makes the mirror's rows for {@code keys} equal to the owner's, in a fresh transaction on each side.
     */
    public static Written keys(
            ShardSession owner, ShardSession mirror, MirroredGroup group, ShardedTable table, Set<PrimaryKey> keys)
            throws ShardException, FenceMismatch, RowsCollide {
        return coupled(owner, mirror, () -> {
            // Sets lock NOWAIT so that no application becomes a deadlock victim; one key alone is waited for [6].
            RowLock lock = keys.size() == 1 ? RowLock.SHARE : RowLock.SHARE_NOWAIT;
            List<Row> rows = owner.readRows(table, keys, lock);
            mirror.begin(Isolation.READ_COMMITTED);
            return equalise(
                    mirror,
                    List.of(new Part(group, table, keys, rows)),
                    (more, moreKeys) -> owner.readRows(more, moreKeys, RowLock.SHARE_NOWAIT));
        });
    }

    /**
     * Makes the mirror's rows in {@code range} equal to the owner's, for several groups with one owner at once; rewrites all
     * of them: for rows that are not there yet.
     */
    public static Written range(
            ShardSession owner,
            ShardSession mirror,
            Collection<MirroredGroup> groups,
            ShardedTable table,
            KeyRange range)
            throws ShardException, FenceMismatch, RowsCollide {
        List<MirroredGroup> ordered = groups.stream()
                .sorted(Comparator.comparing(MirroredGroup::group))
                .toList();
        SlotRanges slots = union(ordered);
        return coupled(owner, mirror, () -> {
            List<Row> rows = owner.readRange(table, range, slots, RowLock.SHARE_NOWAIT);
            mirror.begin(Isolation.READ_COMMITTED);
            for (MirroredGroup group : ordered) {
                requireMirror(mirror, group);
            }
            int deleted = deleteRange(mirror, table, range, slots);
            try {
                if (!rows.isEmpty()) {
                    mirror.loadRows(table, rows);
                }
                return new Written(deleted, rows.size());
            } catch (ShardException e) {
                if (e.kind() != Kind.DUPLICATE_KEY) {
                    throw e;
                }
            }
            // A row outside the range holds a unique value that has moved: settle it key by key.
            mirror.rollback();
            mirror.begin(Isolation.READ_COMMITTED);
            Set<PrimaryKey> keys = new LinkedHashSet<>();
            rows.forEach(row -> keys.add(table.key(row)));
            mirror.readRange(table, range, slots, RowLock.UPDATE).forEach(row -> keys.add(table.key(row)));
            return equalise(
                    mirror,
                    ordered.stream()
                            .map(group -> new Part(group, table, keys, rows))
                            .toList(),
                    (more, moreKeys) -> owner.readRows(more, moreKeys, RowLock.SHARE_NOWAIT));
        });
    }

    /**
     * A DELETE that finds nothing still waits for the row after its range, which another copier has just written: copiers
     * would take turns, and time out. What is not committed yet and so not seen was written by who held the owner's row
     * before us: either it is a row that the owner has, and INSERT meets it, or it is rolled back.
     */
    private static int deleteRange(ShardSession mirror, ShardedTable table, KeyRange range, SlotRanges slots)
            throws ShardException {
        return mirror.hasRows(table, range, slots) ? mirror.deleteRange(table, range, slots) : 0;
    }

    private static SlotRanges union(List<MirroredGroup> groups) {
        BitSet slots = new BitSet();
        groups.forEach(group -> slots.or(group.slots().toBitSet()));
        return SlotRanges.of(slots);
    }

    /**
     * Makes the rows of {@code parts} on the mirror equal to the owner's, inside transactions that the caller began: the
     * mirror's is left open, with the rows written and locked. Fences first, then rows, by group, table and key; all
     * deletes before all inserts [16].
     *
     * @param moreAtOwner locks the keys of rows that turn out to be in the way
     */
    public static Written equalise(ShardSession mirror, List<Part> parts, OwnerLock moreAtOwner)
            throws ShardException, FenceMismatch, RowsCollide {
        List<Part> ordered = new ArrayList<>(parts);
        ordered.sort(Comparator.comparing((Part part) -> part.group().group())
                .thenComparing(part -> part.table().name()));
        Set<MirroredGroup> groups = new LinkedHashSet<>();
        ordered.forEach(part -> groups.add(part.group()));
        for (MirroredGroup group : groups) {
            requireMirror(mirror, group);
        }
        Written written = Written.NOTHING;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            Map<Part, List<Row>> inserts = new LinkedHashMap<>();
            for (Part part : ordered) {
                List<Row> missing = new ArrayList<>();
                Written settled = settle(mirror, part, missing);
                written = written.plus(settled.deleted(), settled.inserted());
                inserts.put(part, missing);
            }
            int inWay = -1;
            for (int i = 0; i < ordered.size() && inWay < 0; i++) {
                Part part = ordered.get(i);
                List<Row> rows = inserts.get(part);
                if (rows == null || rows.isEmpty()) {
                    continue;
                }
                try {
                    mirror.insertRows(part.table(), rows);
                    written = written.plus(0, rows.size());
                } catch (ShardException e) {
                    if (e.kind() != Kind.DUPLICATE_KEY || e.duplicateKey() == null) {
                        throw e;
                    }
                    ordered.set(i, withRowsInTheWay(mirror, part, rows, e.duplicateKey(), moreAtOwner));
                    inWay = i;
                }
            }
            if (inWay < 0) {
                return written;
            }
        }
        throw new ShardException(
                mirror.shard(), Kind.REFUSED, "unique values kept moving for " + MAX_ROUNDS + " rounds", null, null);
    }

    /**
     * Deletes the mirror's rows that are absent or different at the owner; {@code missing} gets the rows to insert. A few
     * rows that differ in no value of a unique key are updated where they are: half of the statements and of the events in
     * the binlog, and in no other row's way.
     */
    private static Written settle(ShardSession mirror, Part part, List<Row> missing) throws ShardException {
        ShardedTable table = part.table();
        SlotRanges slots = part.group().slots();
        Map<PrimaryKey, Row> wanted = new LinkedHashMap<>();
        for (Row row : part.ownerRows()) {
            if (slots.contains(table.slot(row))) { // the unit is (key, slot) [15]
                wanted.put(table.key(row), row);
            }
        }
        List<PrimaryKey> different = new ArrayList<>();
        List<Row> changed = new ArrayList<>();
        for (Row row : mirror.readRows(table, part.keys(), RowLock.UPDATE)) {
            if (!slots.contains(table.slot(row))) {
                continue; // another owner's row [15]
            }
            PrimaryKey key = table.key(row);
            Row want = wanted.get(key);
            if (row.equals(want)) {
                wanted.remove(key);
                continue;
            }
            different.add(key);
            if (want != null && table.schema().hasSameUniqueValues(row, want)) {
                changed.add(want);
            }
        }
        int updated = 0;
        if (changed.size() <= MOST_UPDATES) {
            for (Row row : changed) {
                if (mirror.updateRow(table, row, slots) == 1) {
                    updated++;
                    different.remove(table.key(row));
                    wanted.remove(table.key(row));
                }
            }
        }
        missing.addAll(wanted.values());
        int deleted = different.isEmpty() ? 0 : mirror.deleteRows(table, different, slots);
        return new Written(updated + deleted, updated);
    }

    private static Part withRowsInTheWay(
            ShardSession mirror, Part part, List<Row> inserting, String uniqueKey, OwnerLock moreAtOwner)
            throws ShardException, RowsCollide {
        ShardedTable table = part.table();
        Set<PrimaryKey> keys = new LinkedHashSet<>(part.keys());
        Set<PrimaryKey> more = new LinkedHashSet<>();
        for (Row row : mirror.readByUniqueKey(table, uniqueKey, inserting, RowLock.UPDATE)) {
            PrimaryKey key = table.key(row);
            if (!part.group().slots().contains(table.slot(row))) {
                throw new RowsCollide(table.name(), uniqueKey, table.key(inserting.get(0)), key);
            }
            if (keys.add(key)) {
                more.add(key);
            }
        }
        if (more.isEmpty()) {
            throw new RowsCollide(table.name(), uniqueKey, table.key(inserting.get(0)), table.key(inserting.get(0)));
        }
        Map<PrimaryKey, Row> ownerRows = new HashMap<>();
        part.ownerRows().forEach(row -> ownerRows.put(table.key(row), row));
        moreAtOwner.lock(table, more).forEach(row -> ownerRows.put(table.key(row), row));
        return new Part(part.group(), table, keys, List.copyOf(ownerRows.values()));
    }

    private static void requireMirror(ShardSession mirror, MirroredGroup group) throws ShardException, FenceMismatch {
        FenceCheck.require(mirror, group.group(), Role.MIRROR, group.owner());
    }

    @FunctionalInterface
    private interface Work {
        Written run() throws ShardException, FenceMismatch, RowsCollide;
    }

    private static Written coupled(ShardSession owner, ShardSession mirror, Work work)
            throws ShardException, FenceMismatch, RowsCollide {
        boolean done = false;
        owner.begin(Isolation.REPEATABLE_READ); // its gap locks keep an absent key absent [5]
        try {
            Written written = work.run();
            owner.confirmAlive(); // [6] a dropped owner session holds no locks any more
            mirror.commit();
            done = true;
            return written;
        } finally {
            if (!done) {
                mirror.rollback();
            }
            owner.rollback();
        }
    }
}
