package io.shardshift.controller.stream;

import io.shardshift.api.routing.Fence;
import io.shardshift.shard.Row;
import java.time.Instant;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** What has happened on a shard, in the order of its binlog. Immutable. */
public sealed interface ChangeEvent {
    /** Where a stream that has finished this event goes on. */
    StreamPosition position();

    /** Whether a stream that has finished this event may be opened again at its position. */
    default boolean canReopenHere() {
        return true;
    }

    /** When it was committed, by the shard's clock; null where the event has no such moment. */
    @Nullable
    Instant committedAt();

    /** Bytes that this event holds, for the bounds of queues. */
    default int sizeBytes() {
        return 256;
    }

    /** Calls the handler's method for this kind of event. */
    <X extends Exception> void handOver(Handler<X> handler) throws X;

    /** One method per kind: a forgotten kind does not compile. */
    interface Handler<X extends Exception> {
        void onRowChange(RowChange event) throws X;

        void onFenceChanged(FenceChanged event) throws X;

        void onHeartbeat(HeartbeatSeen event) throws X;

        void onSchemaChanged(SchemaChanged event) throws X;

        void onIdle(Idle event) throws X;

        void onRowNamed(RowNamed event) throws X;

        void onNaming(NamingChanged event) throws X;
    }

    /**
     * An image of a row.
     *
     * @param row the row in neutral form
     * @param notComparable columns whose value here may differ in bytes from the row's own neutral value, or from which two
     *     values cannot be told apart: nothing is concluded from them
     */
    record Image(Row row, BitSet notComparable) {
        /** Whether this image can be compared with a row byte by byte. */
        public boolean isComparable() {
            return notComparable.isEmpty();
        }
    }

    /**
     * A row was inserted (no {@code before}), updated or deleted (no {@code after}).
     *
     * @param gtid the transaction, empty when unknown
     */
    record RowChange(
            String table,
            @Nullable Image before,
            @Nullable Image after,
            StreamPosition position,
            Instant committedAt,
            String gtid)
            implements ChangeEvent {
        public RowChange {
            if (before == null && after == null) {
                throw new IllegalArgumentException("a change of " + table + " has no image");
            }
        }

        @Override
        public int sizeBytes() {
            return 256
                    + (before == null ? 0 : before.row().sizeBytes())
                    + (after == null ? 0 : after.row().sizeBytes());
        }

        @Override
        public <X extends Exception> void handOver(Handler<X> handler) throws X {
            handler.onRowChange(this);
        }
    }

    /** A fence row was written: from here on the shard has this role for the group. */
    record FenceChanged(Fence fence, StreamPosition position, Instant committedAt) implements ChangeEvent {
        @Override
        public <X extends Exception> void handOver(Handler<X> handler) throws X {
            handler.onFenceChanged(this);
        }
    }

    /** A row of the heartbeat table was written. */
    record HeartbeatSeen(String purpose, long value, StreamPosition position, Instant committedAt)
            implements ChangeEvent {
        @Override
        public <X extends Exception> void handOver(Handler<X> handler) throws X {
            handler.onHeartbeat(this);
        }
    }

    /** A captured data table was changed by DDL, TRUNCATE included; {@code table} is empty when the whole schema was dropped. */
    record SchemaChanged(
            String table,
            String ddl,
            StreamPosition position,
            @Nullable Instant committedAt) implements ChangeEvent {
        @Override
        public <X extends Exception> void handOver(Handler<X> handler) throws X {
            handler.onSchemaChanged(this);
        }
    }

    /**
     * A row that was found on the shard, not a change: somewhere between the changes before and after this event it looked so.
     * Nothing but its key and its slot may be concluded from it.
     */
    record RowNamed(String table, Row row, StreamPosition position, Instant committedAt) implements ChangeEvent {
        @Override
        public boolean canReopenHere() {
            return position.isBetweenChanges();
        }

        @Override
        public int sizeBytes() {
            return 256 + row.sizeBytes();
        }

        @Override
        public <X extends Exception> void handOver(Handler<X> handler) throws X {
            handler.onRowNamed(this);
        }
    }

    /**
     * The naming of rows has come so far: all rows before this event were handed out.
     *
     * @param id what the signal that began it was called
     * @param table for TABLE_DONE and TABLE_FAILED, else empty
     * @param detail why a table failed, in Debezium's words
     */
    record NamingChanged(String id, What what, String table, String detail, StreamPosition position)
            implements ChangeEvent {
        /** What has happened. */
        public enum What {
            BEGUN,
            TABLE_DONE,
            TABLE_FAILED,
            ENDED
        }

        @Override
        public boolean canReopenHere() {
            return position.isBetweenChanges();
        }

        @Override
        public @Nullable Instant committedAt() {
            return null;
        }

        @Override
        public <X extends Exception> void handOver(Handler<X> handler) throws X {
            handler.onNaming(this);
        }
    }

    /** The stream has read up to here and met nothing else: a sign of life. */
    record Idle(StreamPosition position) implements ChangeEvent {
        @Override
        public @Nullable Instant committedAt() {
            return null;
        }

        @Override
        public <X extends Exception> void handOver(Handler<X> handler) throws X {
            handler.onIdle(this);
        }
    }
}
