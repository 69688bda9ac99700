package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;

/** Fails where a shard would be source and target of one migration: two owners in one transaction [31]. */
final class ShardHasOneRole extends ShardCheck {
    ShardHasOneRole() {
        super(Side.ALL, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) {
        if (shard.isSource() && shard.isTarget()) { // [31]
            findings.fail(
                    shard,
                    Problem.of(
                                    ErrorCode.SHARD_HAS_TWO_ROLES,
                                    "{} would give slots away and take others in the same migration, expected one of the two",
                                    shard)
                            .remedy("make two plans of it: first the one that empties {}, then the other", shard));
        }
    }
}
