package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.ShardFunction;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.TableSchema;
import java.sql.SQLException;
import java.util.Optional;

/** Fails for rows that the shard function gives no slot: they belong to no shard and would not move. */
final class RowsHaveSlots extends TableCheck {
    @Override
    void inspect(CheckContext context, ShardView source, TableSchema schema, Findings findings) throws SQLException {
        Optional<ShardedTable> table = context.sharded(schema);
        if (table.isEmpty() || !(table.get().function() instanceof ShardFunction.RangeTable)) {
            return; // the other functions give every value a slot
        }
        String quoted = Identifiers.quote(schema.name());
        String condition = table.get().slotSql() + " IS NULL";
        RowCount rows = RowCount.of(source, quoted, condition);
        if (!rows.isNone()) {
            Problem problem = Problem.of(
                            ErrorCode.ROWS_WITHOUT_SLOT,
                            "{} of {} has {} whose {} is in no range of the keyspace",
                            schema.name(),
                            source,
                            rows,
                            context.shardKey(schema.name()))
                    .remedy(
                            "SELECT * FROM {} WHERE {}; -- then add ranges for these, or delete them",
                            quoted,
                            condition);
            rows.report(findings, Findings.at(source, schema.name()), problem);
        }
    }
}
