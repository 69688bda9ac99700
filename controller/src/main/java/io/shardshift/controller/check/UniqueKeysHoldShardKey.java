package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.TableSchema;
import io.shardshift.shard.TableSchema.UniqueKey;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Fails for a key that is unique on each shard alone: copied rows would collide [15]. */
final class UniqueKeysHoldShardKey implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        if (!context.isSharded()) {
            return findings.list(); // all rows move together
        }
        for (ShardView source : context.sources()) {
            for (String table : context.tables()) {
                Optional<TableSchema> schema = source.schema(table);
                if (schema.isEmpty()) {
                    continue;
                }
                for (UniqueKey key : schema.get().uniqueKeys()) {
                    if (!isDeclared(context, table, key) && !holdsShardKey(context, schema.get(), key)) { // [15]
                        findings.fail(Findings.at(source, table), problem(context, source, table, key));
                    }
                }
            }
        }
        return findings.list();
    }

    private static boolean isDeclared(CheckContext context, String table, UniqueKey key) {
        String name = table + "." + key.name();
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
        return Problem.of(
                        ErrorCode.UNIQUE_KEY_WITHOUT_SHARD_KEY,
                        "key {} of {} on {} does not hold the shard key {}",
                        key.name(),
                        table,
                        source,
                        context.shardKey(table))
                .because("rows of other shards may have the same values")
                .remedy(
                        "add the shard key to it, or, where values are unique across shards by nature, declare keyspace"
                                + " unique: [{}.{}]",
                        table,
                        key.name());
    }
}
