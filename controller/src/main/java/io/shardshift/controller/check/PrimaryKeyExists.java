package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.TableSchema;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fails without a primary key: rows are named by it. */
final class PrimaryKeyExists implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView source : context.sources()) {
            for (String table : context.tables()) {
                Optional<TableSchema> schema = source.schema(table);
                if (schema.isPresent() && schema.get().primaryKey().isEmpty()) {
                    findings.fail(
                            Findings.at(source, table),
                            Problem.of(
                                            ErrorCode.PRIMARY_KEY_MISSING,
                                            "{} of {} has no primary key over whole columns",
                                            table,
                                            source)
                                    .remedy("ALTER TABLE {} ADD PRIMARY KEY (...)", Identifiers.quote(table)));
                }
            }
        }
        return findings.list();
    }
}
