package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;

/** Fails for each table of the keyspace that a source lacks. */
final class TablesExist extends ShardCheck {
    TablesExist() {
        super(Side.SOURCES, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView source, Findings findings) throws SQLException {
        for (String table : context.tables()) {
            if (source.schema(table).isEmpty() && !source.unreadable().containsKey(table)) {
                findings.fail(
                        Findings.at(source, table),
                        Problem.of(
                                        ErrorCode.TABLE_MISSING,
                                        "{} has no table {}, which the keyspace names",
                                        source,
                                        table)
                                .remedy(
                                        "CREATE TABLE {} (...); -- or take it out of the keyspace's tables",
                                        Identifiers.quote(table)));
            }
        }
    }
}
