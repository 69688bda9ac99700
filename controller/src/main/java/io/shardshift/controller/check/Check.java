package io.shardshift.controller.check;

import io.shardshift.api.problem.Finding;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** One thing that must hold, with its query and what mends it. Stateless; changes nothing. */
public interface Check {
    /** When a check runs. */
    enum Scope {
        /** Before a migration begins, and in a dry run. */
        PREFLIGHT,
        /** Again and again while it runs: for what can change under way. */
        RUNNING,
        /** Before each hand-off. */
        HANDOFF
    }

    default String name() {
        return getClass().getSimpleName();
    }

    Set<Scope> scopes();

    /** What was found; a subject without a finding counts as passed. An exception is a finding too: it could not be run. */
    List<Finding> inspect(CheckContext context) throws SQLException;
}
