package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;

/** Fails, until the plan accepts it, where an acknowledged commit can be lost with the server [19]. */
final class CommitsAreDurable extends VariableCheck {
    CommitsAreDurable() {
        super(
                ErrorCode.COMMITS_NOT_DURABLE,
                Side.ALL,
                Wanted.of("sync_binlog", "1"), // [19]
                Wanted.of("innodb_flush_log_at_trx_commit", "1"));
    }

    @Override
    void report(CheckContext context, ShardView shard, Problem problem, Findings findings) {
        findings.failUnlessAccepted(
                context, shard, problem.because("a crash of the server can lose commits that were acknowledged"));
    }
}
