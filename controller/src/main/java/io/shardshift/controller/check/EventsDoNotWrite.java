package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;

/** Fails for enabled events that name the keyspace's tables: they would write past the agents. */
final class EventsDoNotWrite extends ShardCheck {
    EventsDoNotWrite() {
        super(Side.ALL, Scope.ALWAYS);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        String schema = shard.schemaName();
        for (SqlRow row : shard.query("SELECT EVENT_NAME, EVENT_DEFINITION, EVENT_SCHEMA"
                + " FROM information_schema.EVENTS WHERE STATUS = 'ENABLED'")) {
            if (Mentions.table(row.text(2), row.text(3), schema, context.tables())) {
                findings.fail(
                        shard,
                        Problem.of(
                                        ErrorCode.EVENT_WRITES_TABLE,
                                        "event {}.{} of {} is enabled and names tables of the keyspace",
                                        row.text(3),
                                        row.text(1),
                                        shard)
                                .remedy(
                                        "ALTER EVENT {}.{} DISABLE",
                                        Identifiers.quote(row.text(3)),
                                        Identifiers.quote(row.text(1))));
            }
        }
    }
}
