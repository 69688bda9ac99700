package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails for each table of the keyspace that a source lacks. */
final class TablesExist implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView source : context.sources()) {
            for (String table : context.tables()) {
                if (source.schema(table).isEmpty() && !source.unreadable().containsKey(table)) {
                    findings.fail(
                            Findings.at(source, table),
                            Problem.of(ErrorCode.TABLE_MISSING, "{} has no table {}", source, table)
                                    .remedy("create it there, or take it out of the keyspace file"));
                }
            }
        }
        return findings.list();
    }
}
