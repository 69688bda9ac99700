package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.TableSchema;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fails where a shard key's column is not in the table, or is generated. */
final class ShardKeyExists implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView source : context.sources()) {
            for (String table : context.tables()) {
                Optional<TableSchema> schema = source.schema(table);
                for (String wanted : context.shardKey(table)) {
                    if (schema.isPresent()
                            && schema.get().columns().stream()
                                    .noneMatch(column -> column.name().equalsIgnoreCase(wanted))) {
                        findings.fail(
                                Findings.at(source, table),
                                Problem.of(
                                                ErrorCode.SHARD_KEY_MISSING,
                                                "{} of {} has no stored column {}, the shard key",
                                                table,
                                                source,
                                                wanted)
                                        .remedy(
                                                "name a column of the table in the keyspace's tables.{}.shardKey",
                                                table));
                    }
                }
            }
        }
        return findings.list();
    }
}
