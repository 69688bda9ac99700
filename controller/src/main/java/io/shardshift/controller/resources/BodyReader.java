package io.shardshift.controller.resources;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ProblemException;

/** Reads request bodies, YAML or JSON; refuses them with {@code BAD_KEYSPACE} or {@code BAD_PLAN}. Thread-safe. */
public interface BodyReader {
    Keyspace keyspace(String text) throws ProblemException;

    MigrationPlan plan(String text) throws ProblemException;
}
