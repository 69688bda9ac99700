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

/** Fails for auto-increment values that two shards could both give [15]. */
final class AutoIncrementIsManaged implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        if (context.keyspace().autoIncrementIncrement() != null || allMoveTogether(context)) {
            return findings.list(); // [15]
        }
        for (ShardView source : context.sources()) {
            for (String table : context.tables()) {
                Optional<TableSchema> schema = source.schema(table);
                if (schema.isPresent() && isUniqueByItself(schema.get())) {
                    findings.fail(
                            Findings.at(source, table),
                            Problem.of(
                                            ErrorCode.AUTO_INCREMENT_NOT_MANAGED,
                                            "{}.{} of {} is AUTO_INCREMENT and unique by itself, but each shard counts"
                                                    + " alone",
                                            table,
                                            schema.get().autoIncrement().orElse(""),
                                            source)
                                    .remedy("keyspace autoIncrement: {increment: 16}"));
                }
            }
        }
        return findings.list();
    }

    /** One group that holds all slots: no other shard ever gives values at the same time. */
    private static boolean allMoveTogether(CheckContext context) {
        int slots = context.keyspace().slotMap().slots();
        return context.groups().size() == 1 && context.groups().get(0).slots().size() == slots;
    }

    private static boolean isUniqueByItself(TableSchema schema) {
        Optional<String> column = schema.autoIncrement();
        return column.isPresent()
                && schema.uniqueKeys().stream()
                        .anyMatch(key -> key.columns().size() == 1
                                && schema.columns()
                                        .get(key.columns().get(0))
                                        .name()
                                        .equals(column.get()));
    }
}
