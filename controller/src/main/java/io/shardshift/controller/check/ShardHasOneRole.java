package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails where a shard would be source and target of one migration: two owners in one transaction [31]. */
final class ShardHasOneRole implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            if (shard.isSource() && shard.isTarget()) { // [31]
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.SHARD_HAS_TWO_ROLES,
                                        "{} would give slots away and take others in the same migration",
                                        shard)
                                .remedy("make two plans of it: first the one that empties {}, then the other", shard));
            }
        }
        return findings.list();
    }
}
