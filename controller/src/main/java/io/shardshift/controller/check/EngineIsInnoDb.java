package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails unless a table is InnoDB: the others have no row locks. */
final class EngineIsInnoDb implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            for (SqlRow row : shard.queryTables("SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES"
                    + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables}"
                    + " AND (ENGINE IS NULL OR ENGINE <> 'InnoDB')")) {
                findings.fail(
                        Findings.at(shard, row.text(1)),
                        Problem.of(
                                        ErrorCode.ENGINE_NOT_INNODB,
                                        "{} of {} is {}, expected InnoDB",
                                        row.text(1),
                                        shard,
                                        row.isNull(2) ? "a view" : row.text(2))
                                .remedy("ALTER TABLE {} ENGINE = InnoDB", Identifiers.quote(row.text(1))));
            }
        }
        return findings.list();
    }
}
