package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails where table names compare otherwise on two shards. */
final class TableNameCaseIsAlike implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        List<ShardView> shards = context.shards();
        for (ShardView shard : shards) {
            String wanted = shards.get(0).setting("lower_case_table_names");
            String found = shard.setting("lower_case_table_names");
            if (!found.equals(wanted)) {
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.TABLE_NAME_CASE_DIFFERS,
                                        "lower_case_table_names is {} on {}, but {} on {}",
                                        found,
                                        shard,
                                        wanted,
                                        shards.get(0))
                                .remedy("initialise the new server with --lower-case-table-names={}", wanted));
            }
        }
        return findings.list();
    }
}
