package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails where a server is read-only: fences could not be changed. */
final class ServerTakesWrites implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING, Scope.HANDOFF);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            for (String variable : List.of("read_only", "super_read_only")) {
                if (shard.setting(variable).equals("ON")) {
                    findings.fail(
                            shard,
                            Problem.of(ErrorCode.SERVER_READ_ONLY, "{} is ON on {}, expected OFF", variable, shard)
                                    .remedy(
                                            "name the writable primary in the shard's url, or SET PERSIST {} = OFF",
                                            variable));
                }
            }
        }
        return findings.list();
    }
}
