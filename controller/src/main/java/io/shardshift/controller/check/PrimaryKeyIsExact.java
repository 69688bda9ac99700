package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Column;
import io.shardshift.shard.TableSchema;
import io.shardshift.shard.ValueForm;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fails for FLOAT or DOUBLE in a primary key: such a value cannot be found again by its text. */
final class PrimaryKeyIsExact implements Check {
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
                if (schema.isEmpty()) {
                    continue;
                }
                for (int index : schema.get().primaryKey()) {
                    Column column = schema.get().columns().get(index);
                    if (column.form() == ValueForm.FLOAT || column.form() == ValueForm.DOUBLE) {
                        findings.fail(
                                Findings.at(source, table),
                                Problem.of(
                                                ErrorCode.PRIMARY_KEY_INEXACT,
                                                "{}.{} of {} is {} and in the primary key",
                                                table,
                                                column.name(),
                                                source,
                                                column.form())
                                        .remedy("make it DECIMAL, or take another primary key"));
                    }
                }
            }
        }
        return findings.list();
    }
}
