package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.shard.Column;
import io.shardshift.shard.TableSchema;
import io.shardshift.shard.ValueForm;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fails for a shard key whose text is not one and the same in Java and in SQL. */
final class ShardKeyTypeIsSupported implements Check {
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
                for (Column column : schema.get().columns()) {
                    if (context.shardKey(table).stream().anyMatch(column.name()::equalsIgnoreCase)) {
                        inspect(context, source, table, column, findings);
                    }
                }
            }
        }
        return findings.list();
    }

    private static void inspect(
            CheckContext context, ShardView source, String table, Column column, Findings findings) {
        ShardFunction function = context.keyspace().shardFunction();
        boolean integers = function instanceof ShardFunction.Modulo || function instanceof ShardFunction.RangeTable;
        if (!isExact(column.form()) || (integers && column.form() != ValueForm.NUMBER)) {
            findings.fail(
                    Findings.at(source, table),
                    Problem.of(
                                    ErrorCode.SHARD_KEY_TYPE_UNSUPPORTED,
                                    "{}.{} of {} holds {}, which cannot be a shard key under {}",
                                    table,
                                    column.name(),
                                    source,
                                    column.form(),
                                    function.getClass().getSimpleName())
                            .remedy(
                                    integers
                                            ? "take an integer column, or shardFunction crc32"
                                            : "take an integer, decimal, date, text or binary column"));
        }
    }

    private static boolean isExact(ValueForm form) {
        return switch (form) {
            case NUMBER, TEMPORAL, TEXT, BINARY -> true;
            case FLOAT, DOUBLE, TIMESTAMP, BIT, JSON, SPATIAL -> false;
        };
    }
}
