package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.TableSchema;
import io.shardshift.shard.TableSchema.UniqueKey;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Fails for a key that is unique on each shard alone: copied rows would collide [15]. */
final class UniqueKeysHoldShardKey extends TableCheck {
    @Override
    void inspect(CheckContext context, ShardView source, TableSchema schema, Findings findings) {
        for (UniqueKey key : schema.uniqueKeys()) {
            if (context.isSharded() // else all rows move together
                    && !key.columns().isEmpty() // else it is the finding of UniqueKeysAreOverColumns
                    && !isDeclared(context, schema, key)
                    && !holdsShardKey(context, schema, key)) { // [15]
                findings.fail(Findings.at(source, schema.name()), problem(context, source, schema.name(), key));
            }
        }
    }

    private static boolean isDeclared(CheckContext context, TableSchema schema, UniqueKey key) {
        String name = schema.name() + "." + key.name();
        return context.keyspace().unique().stream().anyMatch(declared -> declared.equalsIgnoreCase(name));
    }

    private static boolean holdsShardKey(CheckContext context, TableSchema schema, UniqueKey key) {
        List<String> names = key.columns().stream()
                .map(index -> schema.columns().get(index).name().toLowerCase(Locale.ROOT))
                .toList();
        return context.shardKey(schema.name()).stream()
                .allMatch(column -> names.contains(column.toLowerCase(Locale.ROOT)));
    }

    private static Problem problem(CheckContext context, ShardView source, String table, UniqueKey key) {
        String columns =
                context.shardKey(table).stream().map(Identifiers::quote).collect(Collectors.joining(", "));
        String quoted = Identifiers.quote(key.name());
        return Problem.of(
                        ErrorCode.UNIQUE_KEY_WITHOUT_SHARD_KEY,
                        "key {} of {} on {} does not hold the shard key {}",
                        key.name(),
                        table,
                        source,
                        context.shardKey(table))
                .because("rows of other shards may have the same values")
                .remedy(
                        "ALTER TABLE {} DROP {}, ADD {} (..., {}); -- or, where values are unique across shards by nature,"
                                + " in the keyspace: unique: [{}.{}]",
                        Identifiers.quote(table),
                        key.isPrimary() ? "PRIMARY KEY" : "KEY " + quoted,
                        key.isPrimary() ? "PRIMARY KEY" : "UNIQUE KEY " + quoted,
                        columns,
                        table,
                        key.name());
    }
}
