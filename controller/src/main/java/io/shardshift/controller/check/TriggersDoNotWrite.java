package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails for triggers on the keyspace's tables, or elsewhere that name them: what they write an agent cannot see. */
final class TriggersDoNotWrite implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT, Scope.RUNNING);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            for (SqlRow row : shard.query("SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_STATEMENT"
                    + " FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()")) {
                boolean ours = context.tables().stream().anyMatch(row.text(2)::equalsIgnoreCase);
                if (ours || Mentions.any(row.text(3), context.tables())) {
                    findings.fail(
                            Findings.at(shard, row.text(2)),
                            Problem.of(
                                            ErrorCode.TRIGGER_WRITES_TABLE,
                                            "trigger {} on {} of {} runs with changes of the keyspace's tables",
                                            row.text(1),
                                            row.text(2),
                                            shard)
                                    .remedy("DROP TRIGGER {}", Identifiers.quote(row.text(1))));
                }
            }
        }
        return findings.list();
    }
}
