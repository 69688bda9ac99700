package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.ShardTables;
import io.shardshift.shard.ShardedTable;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.Optional;
import java.util.stream.Collectors;

/** Fails for rows of moving slots on a target that no attempt of this migration put there: they would be removed. */
final class TargetHoldsNoRows extends ShardCheck {
    TargetHoldsNoRows() {
        super(Side.TARGETS, Scope.AT_FIRST);
    }

    @Override
    void inspect(CheckContext context, ShardView target, Findings findings) throws SQLException {
        SlotRanges slots = slotsWithoutFence(context, target);
        if (slots.isEmpty()) {
            return;
        }
        for (String name : context.tables()) {
            Optional<ShardedTable> table = target.schema(name).flatMap(context::sharded);
            if (table.isPresent()) {
                inspect(context, target, table.get(), slots, findings);
            }
        }
    }

    /** Slots of the groups that have no fence on the target: no attempt of ours has put a row there yet. */
    private static SlotRanges slotsWithoutFence(CheckContext context, ShardView target) throws SQLException {
        boolean known = target.hasTable(ShardTables.FENCE);
        BitSet slots = new BitSet();
        for (Group group : context.groups()) {
            boolean fenced = known
                    && !target.query(
                                    "SELECT 1 FROM " + ShardTables.FENCE + " WHERE migration = ? AND grp = ?",
                                    group.id().migration().value(),
                                    group.id().number())
                            .isEmpty();
            if (group.target().equals(target.name()) && !fenced) {
                slots.or(group.slots().toBitSet());
            }
        }
        return SlotRanges.of(slots);
    }

    private static void inspect(
            CheckContext context, ShardView target, ShardedTable table, SlotRanges slots, Findings findings)
            throws SQLException {
        String quoted = Identifiers.quote(table.name());
        String condition = slots.ranges().stream()
                .map(range -> table.slotSql() + " BETWEEN " + range.first() + " AND " + range.last())
                .collect(Collectors.joining(" OR "));
        RowCount rows = RowCount.of(target, quoted, condition);
        if (!rows.isNone()) {
            findings.failUnlessAccepted(
                    context,
                    Findings.at(target, table.name()),
                    Problem.of(
                                    ErrorCode.TARGET_HOLDS_ROWS,
                                    "{} of {} holds {} of slots {}, which move there and would be emptied first",
                                    table,
                                    target,
                                    rows,
                                    slots)
                            .remedy(
                                    "purge the migration that left them, or on that shard: DELETE FROM {} WHERE {};",
                                    quoted,
                                    condition));
        }
    }
}
