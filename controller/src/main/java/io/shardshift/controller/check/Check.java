package io.shardshift.controller.check;

import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.ProblemException;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** One thing that must hold, with its query and what mends it. Stateless; changes nothing. */
public interface Check {
    /** When a check runs. */
    enum Scope {
        /** Before a migration begins, and in a dry run: may count rows. */
        PREFLIGHT,
        /** Every few seconds while it runs, for what can change under way: settings and definitions, never rows. */
        RUNNING,
        /** Before each hand-off: as RUNNING. */
        HANDOFF;

        /** For what can change under way. */
        static final Set<Scope> ALWAYS = Set.of(PREFLIGHT, RUNNING, HANDOFF);
        /** For what stays as it was, or takes too long to be asked again. */
        static final Set<Scope> AT_FIRST = Set.of(PREFLIGHT);
    }

    default String name() {
        return getClass().getSimpleName();
    }

    Set<Scope> scopes();

    /** What was found; a subject without a finding counts as passed. An exception is a finding too: it could not be run. */
    List<Finding> inspect(CheckContext context) throws SQLException, ProblemException;
}
