package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails unless the binlog has rows: a stream cannot apply statements. */
final class BinlogFormatIsRow implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            String found = shard.setting("binlog_format");
            if (!found.equals("ROW")) {
                findings.fail(
                        shard,
                        Problem.of(ErrorCode.BINLOG_NOT_ROW, "binlog_format is {} on {}, expected ROW", found, shard)
                                .remedy(
                                        "SET PERSIST binlog_format = 'ROW', then reconnect the sessions that are open now"));
            }
        }
        return findings.list();
    }
}
