package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails where there is no binlog: streams read it. */
final class BinlogIsOn implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            String found = shard.setting("log_bin");
            if (!found.equals("ON")) {
                findings.fail(
                        shard,
                        Problem.of(ErrorCode.BINLOG_OFF, "log_bin is {} on {}, expected ON", found, shard)
                                .remedy("start the server with --log-bin"));
            }
        }
        return findings.list();
    }
}
