package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails where transactions are compressed in the binlog: not every reader takes them. */
final class BinlogIsNotCompressed implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            String found = shard.setting("binlog_transaction_compression");
            if (found.equals("ON")) {
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.BINLOG_COMPRESSED,
                                        "binlog_transaction_compression is {} on {}, expected OFF",
                                        found,
                                        shard)
                                .remedy(
                                        "SET PERSIST binlog_transaction_compression = OFF, then reconnect the sessions that are open now"));
            }
        }
        return findings.list();
    }
}
