package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.util.List;
import java.util.Set;

/** Fails for each shard that does not answer: nothing is known of it. */
final class ShardAnswers implements Check {
    @Override
    public Set<Scope> scopes() {
        return Scope.ALWAYS;
    }

    @Override
    public List<Finding> inspect(CheckContext context) {
        Findings findings = new Findings(this);
        context.unreachable()
                .forEach((shard, why) -> findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.SHARD_UNREACHABLE,
                                        "{} does not answer, and nothing was checked there",
                                        shard)
                                .because("{}", why)
                                .remedy("check the shard's url, its credentials and the user's rights")));
        return findings.list();
    }
}
