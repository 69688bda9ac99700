package io.shardshift.controller.stream;

import java.time.Duration;
import java.util.List;

/**
 * An open stream of one shard's changes. It does not survive a lost server: after {@link StreamException} close it and open
 * another one at the position that was done. For one thread at a time.
 */
public interface ChangeStream extends AutoCloseable {
    /**
     * The next events in binlog order, some at once; empty when none came within {@code atMost}. All rows of the binlog come,
     * perhaps twice after a restart, never out of order.
     */
    List<ChangeEvent> poll(Duration atMost) throws StreamException, InterruptedException;

    /** Everything up to {@code position} is done and need not come again. */
    void markDone(StreamPosition position);

    /**
     * The history of the captured tables' schemas, to be stored with a position: it may be ahead of that, never behind.
     * Empty until the stream has learned the tables.
     */
    List<String> schemaHistory();

    /** Ends the stream; events that were not polled come again at the next opening. Throws nothing. */
    @Override
    void close();
}
