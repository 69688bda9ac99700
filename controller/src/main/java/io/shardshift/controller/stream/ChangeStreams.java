package io.shardshift.controller.stream;

/** Opens streams: the other half of the port. Thread-safe. */
public interface ChangeStreams {
    /**
     * Opens a stream. Failures to reach the shard may come here or at the first poll.
     *
     * @throws StreamException POSITION_LOST or HISTORY_WENT_BACK when it can never go on from there, else BROKEN
     */
    ChangeStream open(StreamStart start) throws StreamException, InterruptedException;
}
