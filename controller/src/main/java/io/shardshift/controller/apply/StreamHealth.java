package io.shardshift.controller.apply;

import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.GroupId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a stream fares, at one moment.
 *
 * @param since when the state was entered
 * @param problem why it is BROKEN or STOPPED, or what a waiting group waits for; null when nothing is wrong
 * @param lag age of the oldest change that is not done, zero when all is; null while it is unknown
 * @param eventsPerSecond row events taken, over the last seconds; null while it is unknown
 * @param events row events taken since the worker was made
 * @param repaired rows that the applier had to write since then
 * @param foreignWrites row changes since then that nobody may make on this shard
 * @param waiting groups whose changes wait for their mirror
 */
public record StreamHealth(
        State state,
        Instant since,
        @Nullable Problem problem,
        @Nullable Duration lag,
        @Nullable Double eventsPerSecond,
        long events,
        long repaired,
        long foreignWrites,
        List<GroupId> waiting) {
    /** State of a worker. */
    public enum State {
        /** Nothing has come through yet since the worker started. */
        STARTING,
        RUNNING,
        /** The stream is gone; the worker opens it again. */
        BROKEN,
        /** Nothing but a person can help. */
        STOPPED
    }

    public StreamHealth {
        waiting = List.copyOf(waiting);
    }
}
