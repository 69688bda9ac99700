package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.shard.Identifiers;
import java.sql.SQLException;

/** Fails for a text column whose character set has no name in Java: its slot could not be computed here. */
final class CharacterSetsAreKnown extends ShardCheck {
    CharacterSetsAreKnown() {
        super(Side.ALL, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView shard, Findings findings) throws SQLException {
        for (String table : context.tables()) {
            shard.schema(table);
            String why = shard.unreadable().get(table);
            if (why != null) {
                findings.fail(
                        Findings.at(shard, table),
                        Problem.of(ErrorCode.CHARACTER_SET_UNKNOWN, "{} of {}: {}", table, shard, why)
                                .remedy("ALTER TABLE {} CONVERT TO CHARACTER SET utf8mb4", Identifiers.quote(table)));
            }
        }
    }
}
