package io.shardshift.controller.resources;

import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.FieldError;
import io.shardshift.api.problem.ProblemException;
import java.util.List;

/** Reads request bodies, YAML or JSON; refuses them with {@code BAD_KEYSPACE} or {@code BAD_PLAN}. Thread-safe. */
public interface BodyReader {
    Keyspace keyspace(String text) throws ProblemException;

    MigrationPlan plan(String text) throws ProblemException;

    /** Errors that were found after {@code text} had been read, with the lines of their fields in it. */
    List<FieldError> located(String text, List<FieldError> errors);
}
