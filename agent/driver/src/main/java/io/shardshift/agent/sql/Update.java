package io.shardshift.agent.sql;

import java.util.List;
import java.util.Optional;

/** An UPDATE of one table. Immutable. */
public final class Update extends RowChange {

    private final List<Assignment> assignments;

    Update(
            Clauses clauses,
            TableRef table,
            TableInfo info,
            ShardKeyCondition shardKey,
            Optional<KeyCondition> fullKey,
            List<Assignment> assignments) {
        super(clauses, table, info, shardKey, fullKey);
        this.assignments = List.copyOf(assignments);
    }

    /** The assignments in order, their columns without quotes and qualifiers. */
    public List<Assignment> assignments() {
        return assignments;
    }

    /** Whether a column of the shard key is assigned; a moving slot's row may not change its slot. */
    public boolean changesShardKey() {
        return assignments.stream().anyMatch(assignment -> TableInfo.contains(info().shardKey(), assignment.column()));
    }

    /** Whether a column of the primary key is assigned: the rows have other keys afterwards. */
    public boolean changesPrimaryKey() {
        return assignments.stream()
                .anyMatch(assignment -> TableInfo.contains(info().primaryKey(), assignment.column()));
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.update(this);
    }
}
