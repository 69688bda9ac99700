package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.TableSchema;
import java.sql.SQLException;

/** Fails where a shard key's column is not in the table. */
final class ShardKeyExists extends TableCheck {
    @Override
    void inspect(CheckContext context, ShardView source, TableSchema schema, Findings findings) throws SQLException {
        for (String wanted : context.shardKey(schema.name())) {
            boolean there = source.columns().stream()
                    .anyMatch(column -> column.table().equalsIgnoreCase(schema.name())
                            && column.name().equalsIgnoreCase(wanted));
            if (!there) {
                findings.fail(
                        Findings.at(source, schema.name()),
                        Problem.of(
                                        ErrorCode.SHARD_KEY_MISSING,
                                        "{} of {} has no column {}, the shard key",
                                        schema.name(),
                                        source,
                                        wanted)
                                .remedy(
                                        "keyspace tables: {{}: {shardKey: ...}}, with a column that the table has",
                                        schema.name()));
            }
        }
    }
}
