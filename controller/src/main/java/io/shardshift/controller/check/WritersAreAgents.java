package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.controller.bookkeeping.ForeignWriters;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Warns for open connections that have written past the agents: what they go on to write is not mirrored. */
final class WritersAreAgents implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.HANDOFF);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView source : context.shards()) {
            for (ForeignWriters.Writer writer : ForeignWriters.list(source.connection())) {
                findings.warn(
                        source,
                        Problem.of(
                                        ErrorCode.FOREIGN_WRITERS,
                                        "connection {} of {}@{} on {} has run {} writing statements and is no agent",
                                        writer.connection(),
                                        writer.user(),
                                        writer.host(),
                                        source,
                                        writer.statements())
                                .because("program {}", writer.program().isEmpty() ? "unknown" : writer.program())
                                .remedy("let it write through the agent, or KILL {}", writer.connection()));
            }
        }
        return findings.list();
    }
}
