package io.shardshift.controller.check;

import io.shardshift.api.problem.ErrorCode;
import io.shardshift.api.problem.Finding;
import io.shardshift.api.problem.Problem;
import io.shardshift.api.routing.Group;
import io.shardshift.api.routing.SlotRanges;
import io.shardshift.shard.Identifiers;
import io.shardshift.shard.ShardTables;
import io.shardshift.shard.ShardedTable;
import io.shardshift.shard.TableSchema;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Fails for rows of moving slots on a target that no attempt of this migration put there: they would be removed. */
final class TargetHoldsNoRows implements Check {
    @Override
    public Set<Scope> scopes() {
        return EnumSet.of(Scope.PREFLIGHT);
    }

    @Override
    public List<Finding> inspect(CheckContext context) throws SQLException {
        Findings findings = new Findings(this);
        for (ShardView target : context.targets()) {
            for (String table : context.tables()) {
                Optional<TableSchema> schema = target.schema(table);
                if (schema.isPresent() && hasShardKey(context, schema.get())) {
                    SlotRanges slots = slotsWithoutFence(context, target);
                    if (!slots.isEmpty()) {
                        inspect(context, target, schema.get(), slots, findings);
                    }
                }
            }
        }
        return findings.list();
    }

    private static boolean hasShardKey(CheckContext context, TableSchema schema) {
        return context.shardKey(schema.name()).stream()
                .allMatch(wanted -> schema.columns().stream()
                        .anyMatch(column -> column.name().equalsIgnoreCase(wanted)));
    }

    /** Slots of the groups that have no fence on the target: no attempt of ours has put a row there yet. */
    private static SlotRanges slotsWithoutFence(CheckContext context, ShardView target) throws SQLException {
        boolean known = !target.query(
                        "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?",
                        ShardTables.FENCE)
                .isEmpty();
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
            CheckContext context, ShardView target, TableSchema schema, SlotRanges slots, Findings findings)
            throws SQLException {
        ShardedTable table = new ShardedTable(
                schema, context.shardKey(schema.name()), context.keyspace().shardFunction());
        String condition = slots.ranges().stream()
                .map(range -> table.slotSql() + " BETWEEN " + range.first() + " AND " + range.last())
                .collect(Collectors.joining(" OR "));
        Optional<Long> rows = target.bounded("SELECT COUNT(*) FROM (SELECT 1 FROM " + Identifiers.quote(schema.name())
                + " WHERE " + condition + " LIMIT 1000) AS some_rows");
        if (rows.isEmpty() || rows.get() > 0) {
            findings.failUnlessAccepted(
                    context,
                    Findings.at(target, schema.name()),
                    Problem.of(
                                    ErrorCode.TARGET_HOLDS_ROWS,
                                    "{} of {} holds {} rows of slots {}, which move there and would be emptied first",
                                    schema.name(),
                                    target,
                                    rows.map(count -> count < 1_000 ? count.toString() : "1000 or more")
                                            .orElse("an unknown number of"),
                                    slots)
                            .remedy("remove them, purge the migration that left them, or accept:"
                                    + " [TARGET_HOLDS_ROWS] in the plan"));
        }
    }
}
