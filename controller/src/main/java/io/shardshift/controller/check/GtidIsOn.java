package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails unless transactions have GTIDs: a stream is resumed by them. */
final class GtidIsOn implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            for (String variable : List.of("gtid_mode", "enforce_gtid_consistency")) {
                String found = shard.setting(variable);
                if (!found.equals("ON")) {
                    findings.fail(
                            shard,
                            Problem.of(ErrorCode.GTID_OFF, "{} is {} on {}, expected ON", variable, found, shard)
                                    .remedy(
                                            "SET PERSIST {} = ON, by the manual's steps for changing GTID mode online",
                                            variable));
                }
            }
        }
        return findings.list();
    }
}
