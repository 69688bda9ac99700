package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;

/** Fails for triggers on the keyspace's tables, or elsewhere that name them: what they write an agent cannot see. */
final class TriggersDoNotWrite extends ShardCheck {
    TriggersDoNotWrite() {
        super(Side.ALL, Scope.ALWAYS);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        String schema = shard.schemaName();
        for (SqlRow row : shard.query("SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_STATEMENT, TRIGGER_SCHEMA"
                + " FROM information_schema.TRIGGERS")) {
            boolean ours =
                    row.text(4).equals(schema) && context.tables().stream().anyMatch(row.text(2)::equalsIgnoreCase);
            if (ours || Mentions.table(row.text(3), row.text(4), schema, context.tables())) {
                findings.fail(
                        Findings.at(shard, row.text(2)),
                        Problem.of(
                                        ErrorCode.TRIGGER_WRITES_TABLE,
                                        "trigger {}.{} on table {} of {} runs with changes of the keyspace's tables",
                                        row.text(4),
                                        row.text(1),
                                        row.text(2),
                                        shard)
                                .remedy(
                                        "DROP TRIGGER {}.{}",
                                        Identifiers.quote(row.text(4)),
                                        Identifiers.quote(row.text(1))));
            }
        }
    }
}
