package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails unless each row event carries the whole row: the applier compares after-images. */
final class RowImageIsFull implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            String found = shard.setting("binlog_row_image");
            if (!found.equals("FULL")) {
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.ROW_IMAGE_NOT_FULL,
                                        "binlog_row_image is {} on {}, expected FULL",
                                        found,
                                        shard)
                                .remedy(
                                        "SET PERSIST binlog_row_image = 'FULL', then reconnect the sessions that are open now"));
            }
        }
        return findings.list();
    }
}
