package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails, until the plan accepts it, where an acknowledged commit can be lost with the server [19]. */
final class CommitsAreDurable implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            for (String variable : List.of("sync_binlog", "innodb_flush_log_at_trx_commit")) { // [19]
                String found = shard.setting(variable);
                if (!found.equals("1")) {
                    findings.failUnlessAccepted(
                            context,
                            shard,
                            Problem.of(
                                            ErrorCode.COMMITS_NOT_DURABLE,
                                            "{} is {} on {}, expected 1: a crash of the server can lose commits",
                                            variable,
                                            found,
                                            shard)
                                    .remedy(
                                            "SET PERSIST {} = 1, or accept: [COMMITS_NOT_DURABLE] in the plan; then a"
                                                    + " restart of the shard means verification again",
                                            variable));
                }
            }
        }
        return findings.list();
    }
}
