package io.shardshift.shard;

import io.shardshift.api.routing.GroupId;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.routing.SlotRanges;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One session with one shard, as a port: rows, keys, ranges, fences and an opaque application statement, never SQL text,
 * so that a simulated shard needs no SQL engine.
 *
 * <p>Every method but {@link #abort} may throw {@link ShardException}, whose kind says what has become of the transaction.
 * Rows travel in neutral form (see {@link Row}). Not thread-safe but for {@link #abort}: one thread at a time.
 */
public interface ShardSession extends AutoCloseable {
    ShardName shard();

    /** The server's id of this connection, for KILL and for reports. */
    long connectionId();

    /** Begins a transaction; none may be open. */
    void begin(Isolation isolation) throws ShardException;

    /** Commits. {@link ShardException.Kind#OUTCOME_UNKNOWN} when the connection was lost after COMMIT was sent. */
    void commit() throws ShardException;

    /** Rolls back; a session whose connection is gone counts as rolled back and throws nothing. */
    void rollback() throws ShardException;

    /**
     * One round trip in the open transaction: throws if the server has dropped the session, and its locks with it [6].
     */
    void confirmAlive() throws ShardException;

    /** The fence row of {@code group} here, with the hold in force read in the same SELECT; empty when there is no row. */
    Optional<FenceView> readFence(GroupId group, RowLock lock) throws ShardException;

    /** The rows that are present among {@code keys}, in no particular order. At most a few thousand keys at once. */
    List<Row> readRows(ShardedTable table, Collection<PrimaryKey> keys, RowLock lock) throws ShardException;

    /** The rows of {@code slots} in {@code range}, in the order of the primary key; every row of the range is locked. */
    List<Row> readRange(ShardedTable table, KeyRange range, SlotRanges slots, RowLock lock) throws ShardException;

    /**
     * The key that ends the chunk of about {@code rows} rows after {@code after}: an existing key, or empty when fewer rows
     * are left. A plain read: a hint for bounds, nothing is concluded from it.
     */
    Optional<PrimaryKey> chunkEnd(ShardedTable table, Optional<PrimaryKey> after, int rows) throws ShardException;

    /** The largest key, empty for an empty table. A plain read. */
    Optional<PrimaryKey> lastKey(ShardedTable table) throws ShardException;

    /** Deletes the rows of {@code keys} whose stored slot is in {@code slots}; answers how many. */
    int deleteRows(ShardedTable table, Collection<PrimaryKey> keys, SlotRanges slots) throws ShardException;

    /**
     * Gives the row with the primary key of {@code row} all of its other values, if that row's stored slot is in {@code slots};
     * answers how many rows it met. The caller holds it locked, and changes no value of a unique key: it is in no row's way.
     */
    int updateRow(ShardedTable table, Row row, SlotRanges slots) throws ShardException;

    /** Whether a committed row of {@code slots} is in {@code range}: a plain read that waits for nobody. */
    boolean hasRows(ShardedTable table, KeyRange range, SlotRanges slots) throws ShardException;

    /**
     * Deletes the rows of {@code range} whose stored slot is in {@code slots}; answers how many. It waits for whoever holds
     * a row of the range or the first row after it.
     */
    int deleteRange(ShardedTable table, KeyRange range, SlotRanges slots) throws ShardException;

    /** Plain INSERT [8]. {@link ShardException.Kind#DUPLICATE_KEY} names the key: {@link ShardException#duplicateKey()}. */
    void insertRows(ShardedTable table, List<Row> rows) throws ShardException;

    /** {@code LOAD DATA LOCAL} without REPLACE; throws {@link ShardException.Kind#REFUSED} on any warning [8]. */
    void loadRows(ShardedTable table, List<Row> rows) throws ShardException;

    /**
     * Rows here that meet the value of {@code uniqueKey} of any of {@code rows}: who is in the way of an insert.
     */
    List<Row> readByUniqueKey(ShardedTable table, String uniqueKey, List<Row> rows, RowLock lock) throws ShardException;

    /** Number of rows of {@code slots} in {@code range} and an order-free checksum of them, computed in the server. */
    RangeChecksum checksum(ShardedTable table, KeyRange range, SlotRanges slots) throws ShardException;

    /** Runs what the application asked for; the statement's own failures come out as ShardException too. */
    <T> T execute(ApplicationStatement<T> statement) throws ShardException;

    /** Whether the session can still be used; false after CONNECTION_LOST or OUTCOME_UNKNOWN. No round trip. */
    boolean isUsable();

    /** Ends the session from any thread, at once; a call in progress fails. */
    void abort();

    /** Gives the session back or closes it; an open transaction is rolled back. Throws nothing. */
    @Override
    void close();

    /** Isolation of a transaction. */
    enum Isolation {
        READ_COMMITTED,
        REPEATABLE_READ
    }

    /** Row lock of a read. NOWAIT forms throw {@link ShardException.Kind#LOCK_REFUSED} instead of queueing. */
    enum RowLock {
        NONE,
        SHARE,
        SHARE_NOWAIT,
        UPDATE,
        UPDATE_NOWAIT;

        public boolean locks() {
            return this != NONE;
        }
    }
}
