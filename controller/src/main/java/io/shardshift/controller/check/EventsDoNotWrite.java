package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails for enabled events that name the keyspace's tables: they would write past the agents. */
final class EventsDoNotWrite implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            String schema = shard.query("SELECT DATABASE()").get(0).text(1);
            for (SqlRow row : shard.query("SELECT EVENT_NAME, EVENT_DEFINITION, EVENT_SCHEMA"
                    + " FROM information_schema.EVENTS WHERE STATUS = 'ENABLED'")) {
                boolean here = row.text(3).equals(schema) || Mentions.any(row.text(2), List.of(schema));
                if (here && Mentions.any(row.text(2), context.tables())) {
                    findings.fail(
                            shard,
                            Problem.of(
                                            ErrorCode.EVENT_WRITES_TABLE,
                                            "event {}.{} of {} names tables of the keyspace",
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
        return findings.list();
    }
}
