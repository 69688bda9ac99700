package io.shardshift.controller.copy;

import io.shardshift.api.problem.ProblemException;
import io.shardshift.api.routing.ShardName;
import java.util.Optional;

/** Keeps {@link TableProgress}, one for each source, target and table; copy and verification have one store each. Thread-safe. */
public interface ProgressStore {
    Optional<TableProgress> read(ShardName source, ShardName target, String table) throws ProblemException;

    /** Replaces what is stored; called at most once a second for each table and pair, and when it is done. */
    void write(TableProgress progress) throws ProblemException;
}
