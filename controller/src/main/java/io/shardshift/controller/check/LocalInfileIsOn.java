package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails unless the targets take LOAD DATA LOCAL: the bulk copy is made of it. */
final class LocalInfileIsOn implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.targets()) {
            String found = shard.setting("local_infile");
            if (!found.equals("ON")) {
                findings.fail(
                        shard,
                        Problem.of(ErrorCode.LOCAL_INFILE_OFF, "local_infile is {} on {}, expected ON", found, shard)
                                .remedy("SET PERSIST local_infile = ON"));
            }
        }
        return findings.list();
    }
}
