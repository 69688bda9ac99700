package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.controller.bookkeeping.ForeignWriters;
import java.sql.SQLException;
import java.util.Set;

/** Warns for open connections that have written past the agents: what they go on to write is not mirrored. */
final class WritersAreAgents extends ShardCheck {
    WritersAreAgents() {
        super(Side.ALL, Set.of(Scope.PREFLIGHT, Scope.HANDOFF));
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        if (!shard.setting("performance_schema").equals("ON")) {
            throw new SQLException(shard + ": performance_schema is not ON, so writers cannot be seen");
        }
        for (ForeignWriters.Writer writer : shard.call(ForeignWriters::list)) {
            findings.warn(
                    shard,
                    Problem.of(
                                    ErrorCode.FOREIGN_WRITERS,
                                    "connection {} of {}@{} on {} has run {} writing statements and is no agent",
                                    writer.connection(),
                                    writer.user(),
                                    writer.host(),
                                    shard,
                                    writer.statements())
                            .because("program {}", writer.program().isEmpty() ? "unknown" : writer.program())
                            .remedy("KILL {}; -- and let it write through the agent", writer.connection()));
        }
    }
}
