package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ProblemException;
import java.util.List;

/**
 * What the API asks of the controller. Thread-safe: request threads call it at once, and each call may block them for
 * seconds, not for the length of a phase. Names come as the client wrote them; an unknown one is
 * {@code KEYSPACE_UNKNOWN} or {@code MIGRATION_UNKNOWN}.
 */
public interface ControlPlane {
    /** 201 for a new keyspace, 200 for the same again. */
    Answer putKeyspace(Keyspace keyspace) throws ProblemException;

    List<JsonNode> keyspaces() throws ProblemException;

    JsonNode keyspace(String name) throws ProblemException;

    List<JsonNode> agents(String keyspace) throws ProblemException;

    /** 201 for a new migration, 200 for the same again and for a dry run, which changes nothing. */
    Answer submit(MigrationPlan plan, boolean dryRun) throws ProblemException;

    List<JsonNode> migrations() throws ProblemException;

    JsonNode status(String name) throws ProblemException;

    JsonNode differences(String name) throws ProblemException;

    /** The status after it; a command that has taken effect already is answered alike. */
    JsonNode command(String name, Command command) throws ProblemException;

    /** Forgets a migration that has ended. */
    void forget(String name) throws ProblemException;

    /** The same log for a migration as long as this process knows it; the caller closes nothing. */
    EventLog events(String name) throws ProblemException;

    /** Whether requests can be answered now: the store is in reach. Does not block. */
    boolean isReady() throws ProblemException;
}
