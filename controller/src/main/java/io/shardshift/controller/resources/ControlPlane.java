package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ProblemException;
import java.util.List;

/** What the REST resources ask of the controller. Thread-safe; a ProblemException carries what the caller is told. */
public interface ControlPlane {
    Answer putKeyspace(Keyspace keyspace) throws ProblemException;

    List<JsonNode> keyspaces() throws ProblemException;

    JsonNode keyspace(String name) throws ProblemException;

    List<JsonNode> agents(String keyspace) throws ProblemException;

    Answer submit(MigrationPlan plan, boolean dryRun) throws ProblemException;

    List<JsonNode> migrations() throws ProblemException;

    JsonNode status(String name) throws ProblemException;

    JsonNode differences(String name) throws ProblemException;

    JsonNode command(String name, Command command) throws ProblemException;

    void forget(String name) throws ProblemException;

    EventLog events(String name) throws ProblemException;

    /** Whether this controller can answer: it reaches ZooKeeper. */
    boolean isReady();
}
