package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.TableSchema;
import java.util.Optional;

/** Fails for auto-increment values that two shards could both give [15]. */
final class AutoIncrementIsManaged extends TableCheck {
    @Override
    void inspect(CheckContext context, ShardView source, TableSchema schema, Findings findings) {
        if (context.keyspace().autoIncrementIncrement() == null
                && !context.allSlotsMoveTogether()
                && isUniqueByItself(schema)) { // [15]
            findings.fail(
                    Findings.at(source, schema.name()),
                    Problem.of(
                                    ErrorCode.AUTO_INCREMENT_NOT_MANAGED,
                                    "{}.{} of {} is AUTO_INCREMENT and unique by itself, but each shard counts alone",
                                    schema.name(),
                                    schema.autoIncrement().orElse(""),
                                    source)
                            .remedy("keyspace autoIncrement: {increment: 16}"));
        }
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
