package io.shardshift.controller.copy;

import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.ShardName;
import io.shardshift.api.time.Deadline;
import io.shardshift.controller.apply.Naming;

/** What {@link StreamCopy} asks of the sources' streams. Thread-safe. */
public interface NamedRows {
    /** The naming on {@code source}, of which {@code id} is wanted from now on; its stream runs. */
    Naming naming(ShardName source, String id) throws ProblemException;

    /** Whether the stream of {@code source} has met by {@code deadline} what is committed there at this call. */
    boolean hasMetNow(ShardName source, Deadline deadline) throws ProblemException, InterruptedException;
}
