package io.shardshift.controller.resources;

import com.fasterxml.jackson.databind.JsonNode;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.shardshift.api.plan.Keyspace;
import io.shardshift.api.plan.MigrationPlan;
import io.shardshift.api.problem.ProblemException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

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

    /** Whether this controller leads, as far as it knows: only then the calls above are for it. Does not block. */
    boolean leads();

    /**
     * Where the leader is reached when it is another controller; empty where nobody leads now.
     *
     * @throws ProblemException STORE_UNREACHABLE while nobody can be asked who leads
     */
    Optional<URI> leaderElsewhere() throws ProblemException;

    /** What is measured here; reads the live objects when it is asked, once for each scrape. */
    MultiCollector figures();
}
