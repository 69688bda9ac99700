package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails where JSON updates are logged as differences. */
final class RowValuesAreWhole implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            String found = shard.setting("binlog_row_value_options");
            if (!found.isEmpty()) {
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.ROW_VALUES_PARTIAL,
                                        "binlog_row_value_options is {} on {}, expected to be empty",
                                        found,
                                        shard)
                                .remedy(
                                        "SET PERSIST binlog_row_value_options = '', then reconnect the sessions that are open now"));
            }
        }
        return findings.list();
    }
}
