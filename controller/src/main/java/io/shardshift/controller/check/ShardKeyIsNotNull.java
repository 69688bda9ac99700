package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails for a shard key that may be NULL: such a row has no slot. */
final class ShardKeyIsNotNull implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView source : context.sources()) {
            for (SqlRow row : source.queryTables("SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE"
                    + " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables}"
                    + " AND IS_NULLABLE = 'YES'")) {
                if (context.shardKey(row.text(1)).stream().anyMatch(row.text(2)::equalsIgnoreCase)) {
                    findings.fail(
                            Findings.at(source, row.text(1)),
                            Problem.of(
                                            ErrorCode.SHARD_KEY_NULLABLE,
                                            "{}.{} of {} may be NULL and is the shard key",
                                            row.text(1),
                                            row.text(2),
                                            source)
                                    .remedy(
                                            "ALTER TABLE {} MODIFY {} {} NOT NULL",
                                            Identifiers.quote(row.text(1)),
                                            Identifiers.quote(row.text(2)),
                                            row.text(3)));
                }
            }
        }
        return findings.list();
    }
}
