package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;

/** Fails unless a table is InnoDB: the others have no row locks. */
final class EngineIsInnoDb extends ShardCheck {
    EngineIsInnoDb() {
        super(Side.ALL, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        for (SqlRow row : shard.queryTables("SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES"
                + " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN {tables}"
                + " AND (ENGINE IS NULL OR ENGINE <> 'InnoDB')")) {
            String table = Identifiers.quote(row.text(1));
            boolean view = row.isNull(2);
            findings.fail(
                    Findings.at(shard, row.text(1)),
                    Problem.of(
                                    ErrorCode.ENGINE_NOT_INNODB,
                                    "{} of {} is {}, expected InnoDB",
                                    row.text(1),
                                    shard,
                                    view ? "a view" : row.text(2))
                            .remedy(
                                    view ? "take {} out of the keyspace's tables" : "ALTER TABLE {} ENGINE = InnoDB",
                                    table));
        }
    }
}
