package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Fails for a text column whose character set has no name in Java: its slot could not be computed here. */
final class CharacterSetsAreKnown implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView shard : context.shards()) {
            for (String table : context.tables()) {
                shard.schema(table);
                String why = shard.unreadable().get(table);
                if (why != null) {
                    findings.fail(
                            Findings.at(shard, table),
                            Problem.of(ErrorCode.CHARACTER_SET_UNKNOWN, "{} of {}: {}", table, shard, why)
                                    .remedy(
                                            "ALTER TABLE {} CONVERT TO CHARACTER SET utf8mb4",
                                            Identifiers.quote(table)));
                }
            }
        }
        return findings.list();
    }
}
