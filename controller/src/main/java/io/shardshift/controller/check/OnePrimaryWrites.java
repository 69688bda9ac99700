package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails under group replication with several primaries: a fence orders the commits of one server [20]. */
final class OnePrimaryWrites implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            if (shard.setting("group_replication_single_primary_mode").equals("OFF")) { // [20]
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.MULTI_PRIMARY,
                                        "group_replication_single_primary_mode is OFF on {}, expected ON",
                                        shard)
                                .remedy("SELECT group_replication_switch_to_single_primary_mode()"));
            }
        }
        return findings.list();
    }
}
