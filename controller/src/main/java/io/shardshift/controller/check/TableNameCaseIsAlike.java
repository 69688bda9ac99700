package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;

/** Fails where table names compare otherwise on two shards. */
final class TableNameCaseIsAlike extends ShardCheck {
    private static final String VARIABLE = "lower_case_table_names";

    TableNameCaseIsAlike() {
        super(Side.ALL, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        ShardView first = context.shards().get(0);
        String wanted = first.setting(VARIABLE);
        String found = shard.setting(VARIABLE);
        if (!found.equals(wanted)) {
            findings.fail(
                    shard,
                    Problem.of(
                                    ErrorCode.TABLE_NAME_CASE_DIFFERS,
                                    "{} is {} on {}, expected {} as on {}",
                                    VARIABLE,
                                    found,
                                    shard,
                                    wanted,
                                    first)
                            .remedy(
                                    "mysqld --initialize --lower-case-table-names={} # for a new, empty server",
                                    wanted));
        }
    }
}
