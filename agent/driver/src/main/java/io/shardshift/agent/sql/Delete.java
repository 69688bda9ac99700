package io.shardshift.agent.sql;

import java.util.Optional;

/** A DELETE from one table. Immutable. */
public final class Delete extends RowChange {

    Delete(
            Clauses clauses,
            TableRef table,
            TableInfo info,
            ShardKeyCondition shardKey,
            Optional<KeyCondition> fullKey) {
        super(clauses, table, info, shardKey, fullKey);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.delete(this);
    }
}
